// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/exit_code.h"
#include "job/home.h"

#include <optional>
#include <string>
#include <vector>

namespace keepsake::job {

struct RebuildReport {
  std::int64_t files = 0;
  std::int64_t unreadable = 0;  ///< lines of records that could not be read
  std::vector<std::string> destinations;
  std::vector<std::string> absent;  ///< could not be opened; what only they hold comes back later
  std::optional<Error> error;       ///< of the first of these
  ExitCode exit_code = ExitCode::done;
};

/// Makes the catalog anew from what the destinations' own records say. No photo is read. A home
/// that has no catalog id takes over the one its destinations name; where they name several, one
/// must be chosen. The old catalog stays until the new one is whole.
Result<RebuildReport> rebuild_catalog(Home& home, const std::optional<std::string>& chosen);

}  // namespace keepsake::job
