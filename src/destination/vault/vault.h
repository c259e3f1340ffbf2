// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "destination/destination.h"
#include "os/folder.h"
#include "os/machine.h"
#include "storage/storage.h"
#include "vault/lock.h"
#include "vault/repository.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::destination {

/// Gives the password of a vault; asked at most once, and only when the vault must be opened.
using AskPassword = std::function<Result<Secret>()>;

/// What a home knows of a vault of its own.
struct VaultIdentity {
  Id128 catalog;
  std::string zone;  ///< the home's
};

/// An encrypted, deduplicated copy in the restic format (docs/formats/vault.md). Its kept set lies
/// in every snapshot whole: `/photos/<source>/…` and `/keepsake/<source>/…`. Towards the rest of
/// the program its paths are those of a folder tree ("Photos/2024/2024-05/IMG_1.HEIC").
class Vault : public Destination {
 public:
  /// All snapshots, by time; of whatever program. Reads the vault, never the catalog.
  /// Causes: locked, wrong_password, not_found, absent, corrupt when one cannot be read.
  virtual Result<std::vector<vault::Snapshot>> snapshots() = 0;

  /// Why a snapshot is not among them; nothing when all could be read.
  virtual std::optional<Error> unreadable_snapshot() = 0;

  /// The newest snapshot that this catalog's runs made; nothing when there is none.
  virtual Result<std::optional<vault::Snapshot>> newest_of_ours() = 0;

  /// The catalogs whose runs made snapshots here.
  virtual Result<std::vector<Id128>> catalogs() = 0;

  /// Lets every reading method answer from this snapshot instead of the newest of ours.
  virtual Result<> look_at(const vault::Snapshot& snapshot) = 0;

  /// Calls back for every file and folder of the snapshot looked at, with its path there.
  virtual Result<> each_node(
      const std::function<Result<>(const std::string& path, const vault::Node& node)>& take,
      std::stop_token stop) = 0;

  /// Opens a file of the snapshot looked at.
  virtual Result<std::unique_ptr<RandomAccess>> open_node(const vault::Node& node) = 0;

  /// What was odd but harmless since it was opened: an old exclusive lock, an unreadable index.
  virtual std::vector<std::string> take_warnings() = 0;
};

/// `state` is a folder of the home for this vault alone: its journal and the ids of its locks.
std::unique_ptr<Vault> make_vault(std::unique_ptr<storage::Storage> storage,
                                  AskPassword ask_password,
                                  VaultIdentity identity,
                                  std::unique_ptr<os::Folder> state,
                                  os::Clock& clock,
                                  const vault::LockPace& pace = {});

/// Where a file of a source lies in a vault: "Photos/2024/a.jpg" is "photos/<source>/2024/a.jpg",
/// "Hidden/a.jpg" is "photos/<source>/Hidden/a.jpg", ".keepsake/versions/…" is
/// "keepsake/<source>/versions/…".
std::string place_in_vault(std::string_view source, std::string_view path);

/// The other way round. Nothing for a place that is no photo's.
std::optional<std::string> path_of_place(std::string_view place);

}  // namespace keepsake::destination
