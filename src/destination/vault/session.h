// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "destination/destination.h"
#include "destination/vault/folders.h"
#include "destination/vault/tree_edit.h"
#include "destination/vault/vault.h"
#include "os/folder.h"
#include "os/machine.h"
#include "vault/lock.h"
#include "vault/repository.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::destination::in_vault {

/// What a session works with; all of it outlives the session.
struct Surroundings {
  vault::Repository& repository;  ///< its index loaded under the lock
  Folders& folders;
  os::Folder& state;
  os::Clock& clock;
  const VaultIdentity& identity;
  Care care = Care::where_changed;
  std::vector<std::string>& warnings;
  std::function<void(const vault::Snapshot&)> made;  ///< told of every snapshot made
};

/// One run's writing into a vault, under its lock. Files go into packs as they come; a commit makes
/// them durable and notes them in the journal; a snapshot then tells of everything, from time to
/// time in a long run and at its end. `base` is the kept set so far.
Result<std::unique_ptr<Session>> open_session(const Surroundings& surroundings,
                                              std::unique_ptr<vault::Lock> lock,
                                              std::optional<vault::Snapshot> base);

}  // namespace keepsake::destination::in_vault
