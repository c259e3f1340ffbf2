// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "source/icloud/access.h"
#include "source/icloud/page.h"
#include "source/icloud/web.h"
#include "source/icloud/zone.h"

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source::icloud {

/// A list that the service keeps of a library, newest photo first. Ranks count photos.
struct View {
  std::string_view list;   ///< what its pages are asked for by
  std::string_view index;  ///< what its length is asked for by
};

inline constexpr View all_photos{"CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted",
                                 "CPLAssetByAssetDateWithoutHiddenOrDeleted"};
inline constexpr View hidden_photos{"CPLAssetAndMasterHiddenByAssetDate",
                                    "CPLAssetHiddenByAssetDate"};
inline constexpr View deleted_photos{"CPLAssetAndMasterDeletedByExpungedDate",
                                     "CPLAssetDeletedByExpungedDate"};

/// What changed in a database since a token.
struct DatabaseChanges {
  struct Zone {
    ZoneId id;
    bool is_deleted = false;
  };

  std::vector<Zone> zones;
  std::optional<std::string> token;
};

/// Whether the service did not understand a question, or knows nothing of what it is about.
constexpr bool is_misunderstood(Cause cause) {
  return cause == Cause::invalid || cause == Cause::not_found;
}

/// The calls to the Photos database. Each waits for its answer, and is sent again as often as
/// politeness allows; a session that ended is renewed once. May be used by several threads.
///
/// Common causes: expired, approval_needed, denied, throttled, offline, timeout, not_found (the
/// zone), invalid (the service does not understand the question), cancelled.
class CloudKit {
 public:
  CloudKit(Web& web, Access& access) : web_(web), access_(access) {}

  [[nodiscard]] const Pace& pace() const { return web_.pace(); }

  /// Without a token: every zone there is.
  Result<DatabaseChanges> changes_of(Database database,
                                     const std::optional<std::string>& token,
                                     const std::stop_token& stop);

  /// An older way to ask which zones there are.
  Result<std::vector<ZoneId>> zones_of(Database database, const std::stop_token& stop);

  /// Whether lists are complete; while a library is new the service still makes them.
  struct Indexing {
    bool is_finished = true;
    std::int64_t percent = 0;
    std::optional<std::string> sync_token;
  };

  Result<Indexing> indexing_of(const ZoneId& zone, const std::stop_token& stop);

  /// How long a view is, as far as the service knows; its own lists may disagree.
  Result<std::optional<std::int64_t>> length_of(const ZoneId& zone,
                                                const View& view,
                                                const std::stop_token& stop);

  /// At most 100 photos from a rank on.
  Result<Page> page_of(const ZoneId& zone,
                       const View& view,
                       std::int64_t rank,
                       const std::stop_token& stop);

  /// At most 66 members of an album from a rank on.
  Result<Page> members_of(const ZoneId& zone,
                          std::string_view album,
                          std::int64_t rank,
                          const std::stop_token& stop);

  /// The albums and folders of a folder; without one, those at the top.
  Result<Page> albums_in(const ZoneId& zone,
                         const std::optional<std::string>& folder,
                         const std::optional<std::string>& continuation,
                         const std::stop_token& stop);

  /// What changed in a zone since a token; without one, everything that ever was there. Nothing
  /// where the service does not take the token: then everything is to be listed anew.
  Result<std::optional<Page>> changes_in(const ZoneId& zone,
                                         const std::optional<std::string>& token,
                                         const std::stop_token& stop);

  /// Records by their names, at most 200; those that are not there are among its failures.
  Result<Page> lookup(const ZoneId& zone,
                      std::span<const std::string> names,
                      const std::vector<std::string_view>& fields,
                      const std::stop_token& stop);

 private:
  Result<json::Document> ask(Database database,
                             std::string_view path,
                             const std::string& body,
                             const std::stop_token& stop);

  Web& web_;
  Access& access_;
};

}  // namespace keepsake::source::icloud
