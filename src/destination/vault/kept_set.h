// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "destination/vault/vault.h"
#include "vault/snapshot.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// The snapshots of a catalog's runs, each of which holds all that the catalog ever kept.
namespace keepsake::destination::in_vault {

/// The newest one by time.
std::optional<vault::Snapshot> newest_of(std::span<const vault::Snapshot> snapshots,
                                         const Id128& catalog);

/// The catalogs that snapshots are tagged with, sorted.
std::vector<Id128> catalogs_in(std::span<const vault::Snapshot> snapshots);

/// A new snapshot of this tree, later than the one before it even where the clock went back.
vault::Snapshot make_snapshot(const VaultIdentity& identity,
                              const vault::BlobId& tree,
                              std::span<const std::string> sources,
                              const std::optional<vault::Snapshot>& before,
                              Instant now);

}  // namespace keepsake::destination::in_vault
