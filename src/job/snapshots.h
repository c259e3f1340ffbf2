// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/vault/vault.h"
#include "job/exit_code.h"
#include "job/home.h"
#include "vault/snapshot.h"

#include <optional>
#include <string>
#include <vector>

namespace keepsake::job {

struct SnapshotList {
  std::vector<vault::Snapshot> snapshots;  ///< by time
  std::vector<std::string> notes;
  ExitCode exit_code = ExitCode::done;  ///< damage_found when one cannot be read
};

/// Every snapshot in a vault, of whatever program. Reads the vault, never the catalog.
Result<SnapshotList> list_snapshots(const Home& home, const std::string& destination);

/// The snapshot meant by a day (the last one until its end, in the home's zone), by the beginning
/// of an id, by "latest", or by nothing: the newest of this home's, else the newest of all. By a
/// day, this home's are meant where it has any. Causes: not_found, conflict (several ids begin so).
Result<vault::Snapshot> choose_snapshot(const Home& home,
                                        destination::Vault& vault,
                                        const std::optional<std::string>& at);

}  // namespace keepsake::job
