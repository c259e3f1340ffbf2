// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "destination/vault/folders.h"
#include "vault/repository.h"
#include "vault/snapshot.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::destination::in_vault {

/// An unlocked vault with its snapshots and its index in memory.
struct Opened {
  explicit Opened(std::unique_ptr<vault::Repository> unlocked)
      : repository(std::move(unlocked)), folders(*repository) {}

  std::unique_ptr<vault::Repository> repository;
  Folders folders;
  std::vector<vault::Snapshot> snapshots;    ///< by time
  std::optional<Error> unreadable_snapshot;  ///< of one that is therefore not among them
  std::optional<vault::Snapshot> looked_at;  ///< by the caller's wish
  bool loaded = false;

  /// Reads snapshots, then the index: what a snapshot names is then known.
  Result<> load(std::vector<std::string>& warnings);
};

}  // namespace keepsake::destination::in_vault
