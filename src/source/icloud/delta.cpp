// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/delta.h"

#include "source/icloud/rounds.h"

#include <utility>

namespace keepsake::source::icloud {

Result<std::optional<Followed>> apply_changes(CloudKit& cloudkit,
                                              Changes& changes,
                                              Noter& noter,
                                              const ZoneId& zone,
                                              std::optional<std::string> token,
                                              const std::stop_token& stop) {
  Followed followed{std::move(token)};
  Rounds rounds;
  for (;;) {
    auto page = TRY(cloudkit.changes_in(zone, followed.token, stop));
    if (!page) return std::optional<Followed>();
    TRY(rounds.note(*page));
    // Long runs of empty pages happen; one that does not move on would never end.
    const bool moves_on = page->sync_token && page->sync_token != followed.token;
    const bool more = page->more_coming && moves_on;
    if (page->sync_token) followed.token = page->sync_token;
    followed.any = followed.any || page->records > 0;
    TRY(noter.note(*std::move(page)));
    TRY(changes.commit());
    if (!more) break;
  }
  TRY(noter.finish(stop));
  return std::optional(std::move(followed));
}

}  // namespace keepsake::source::icloud
