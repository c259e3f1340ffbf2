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
/// taken with the first page is where the changes begin that are applied afterwards, so that
/// whatever a page missed because ranks moved under it is found all the same.
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

  /// Reports everything that lists show, and returns where the changes begin that must follow: the
  /// token of its own beginning; nothing, so that all of the past is gone through, where there are
  /// bursts, whose unpicked frames no list shows. Causes: throttled while the service still makes
  /// its lists, those of CloudKit.
  Result<std::optional<std::string>> run();

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
  bool has_bursts_ = false;
};

}  // namespace keepsake::source::icloud
