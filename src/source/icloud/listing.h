// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/gather.h"
#include "source/icloud/memory.h"
#include "source/icloud/noter.h"
#include "source/source.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::source::icloud {

/// A library as a whole, once: everything in it is listed while it may go on changing. The token
/// taken with the first page tells afterwards whether anything did.
class Listing {
 public:
  Listing(CloudKit& cloudkit,
          Changes& changes,
          LibraryMemory& memory,
          Noter& noter,
          ZoneId zone,
          std::stop_token stop)
      : cloudkit_(cloudkit),
        changes_(changes),
        memory_(memory),
        noter_(noter),
        zone_(std::move(zone)),
        stop_(std::move(stop)) {}

  /// Reports everything that lists show. Causes: throttled while the service still makes its lists,
  /// those of CloudKit.
  Result<> run();

  /// Of the moment before anything was listed.
  [[nodiscard]] const std::string& token_of_beginning() const { return token_of_beginning_; }

  /// Whether there are bursts, whose unpicked frames no list shows.
  [[nodiscard]] bool has_bursts() const { return has_bursts_; }

  /// After the changes were applied: what was there before and was not listed is asked for by name,
  /// and is gone if the service positively does not have it.
  Result<> reconcile();

 private:
  Result<std::optional<std::string>> wait_for_indexing();
  Result<> list_albums();
  Result<std::vector<std::string>> list_folders();
  Result<> list_members(const std::vector<std::string>& albums);
  Result<> list_members_of(const std::string& album,
                           const EmitPage& emit,
                           const std::stop_token& stop);
  Result<> list_rest(Page first);
  Result<> list_view(const View& view, std::int64_t from);
  Result<> take(Page page);

  CloudKit& cloudkit_;
  Changes& changes_;
  LibraryMemory& memory_;
  Noter& noter_;
  ZoneId zone_;
  std::stop_token stop_;
  std::int64_t number_ = 0;
  std::string token_of_beginning_;
  bool has_bursts_ = false;
};

}  // namespace keepsake::source::icloud
