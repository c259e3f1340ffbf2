// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/delta.h"

#include "source/icloud/rounds.h"

#include <utility>

namespace keepsake::source::icloud {

Result<std::optional<std::string>> apply_changes(CloudKit& cloudkit,
                                                 Changes& changes,
                                                 Noter& noter,
                                                 const ZoneId& zone,
                                                 std::optional<std::string> token,
                                                 const std::stop_token& stop) {
  Rounds rounds;
  for (;;) {
    auto page = TRY(cloudkit.changes_in(zone, token, stop));
    if (!page) return std::optional<std::string>();
    TRY(rounds.note(*page));
    // Long runs of empty pages happen; one that does not move on would never end.
    const bool moves_on = page->sync_token && page->sync_token != token;
    const bool more = page->more_coming && moves_on;
    if (page->sync_token) token = page->sync_token;
    TRY(noter.note(*std::move(page)));
    TRY(changes.commit());
    if (!more) break;
  }
  TRY(noter.finish(stop));
  return token;
}

}  // namespace keepsake::source::icloud
