// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/restore.h"

namespace keepsake::job {

/// Restores from a vault's own snapshots, without the ledger: from the one that `at` means, else
/// from the newest of this home, else from the newest of all. One that this program made is asked
/// by its records and comes back in the layout of a tree; one of another program comes back with
/// its paths as they are, and can only be asked for names.
Result<RestoreReport> restore_snapshot(Home& home,
                                       const config::Destination& vault,
                                       const RestoreOptions& options,
                                       const std::function<void(const std::string& path)>& show,
                                       std::stop_token stop);

}  // namespace keepsake::job
