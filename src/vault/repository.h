// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/scrypt.h"
#include "os/folder.h"
#include "os/machine.h"
#include "storage/storage.h"
#include "vault/config_file.h"
#include "vault/index.h"
#include "vault/seal.h"
#include "vault/snapshot.h"
#include "vault/tree.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::vault {

/// What stands where a vault was looked for.
enum class Presence { nothing, repository, parts };

/// `parts`: keys, snapshots, an index or packs without a `config`. Causes: absent, denied.
Result<Presence> find_repository(storage::Storage& storage);

/// A fingerprint of `config` and of the names in `snapshots/` and `index/`: it changes whenever
/// anybody writes to the vault. Needs no key. Causes: not_found (no `config`), absent.
Result<Digest> fingerprint(storage::Storage& storage);

/// Makes a repository of version 2: folders, key, config, in this order. Causes: conflict when
/// anything of one is there already.
Result<> create_repository(storage::Storage& storage,
                           const Secret& password,
                           const crypto::ScryptCost& cost,
                           os::Clock& clock);

/// A part of a repository that could not be read; everything else is usable.
struct BrokenFile {
  std::string name;  ///< "index/5e…"
  Error error;
};

/// An unlocked repository, for reading. Reading takes no lock and writes nothing. All methods but
/// `load_index` may be called from several threads once the index is loaded.
class Repository {
 public:
  /// Tries every key file; one that cannot be read does not stop the others. Causes: not_found (no
  /// `config`: there is no repository), wrong_password, corrupt, unsupported (old layouts, other
  /// versions), absent.
  static Result<std::unique_ptr<Repository>> open(storage::Storage& storage,
                                                  const Secret& password);

  [[nodiscard]] storage::Storage& storage() const { return storage_; }

  [[nodiscard]] const ConfigFile& config() const { return config_; }

  [[nodiscard]] const MasterKey& key() const { return key_; }

  /// All snapshots that can be read, by time; those that cannot are added to `broken`.
  Result<std::vector<Snapshot>> snapshots(std::vector<BrokenFile>& broken);

  /// Reads all index files, forgetting what was read before. Read snapshots before it: what a
  /// snapshot names is then indexed.
  Result<> load_index(std::vector<BrokenFile>& broken);

  /// Calls back with the packs of each index file; those that cannot be read are added to `broken`.
  Result<> each_index_file(
      const std::function<Result<>(const FileId& file, std::vector<PackContents> packs)>& take,
      std::vector<BrokenFile>& broken) const;

  [[nodiscard]] Index& index() { return index_; }

  [[nodiscard]] const Index& index() const { return index_; }

  /// The plain bytes of the blob that lies there, checked against its id. Causes: corrupt,
  /// not_found (the pack is missing).
  [[nodiscard]] Result<Bytes> read_place(const Index::Found& found) const;

  /// The plain bytes of a blob, checked against its id; on damage the next of its places is tried.
  /// Causes: not_found (in no index), corrupt.
  [[nodiscard]] Result<Bytes> read_blob(BlobKind kind, const BlobId& id) const;
  [[nodiscard]] Result<std::vector<Node>> read_tree(const BlobId& id) const;

  /// A file's bytes, blob after blob; only one blob is in memory. Causes of reading: corrupt.
  [[nodiscard]] Result<std::unique_ptr<RandomAccess>> open_file(const Node& file) const;

  /// The node at a path below a tree. Nothing when it is positively not there.
  [[nodiscard]] Result<std::optional<Node>> find(const BlobId& tree, std::string_view path) const;

  /// Calls back for every file and folder below a tree, depth first, in the order they stand there;
  /// `path` is from the tree's root, without a '/' before it. A tree that cannot be read is handed
  /// to `broken` and the walk goes on. Causes: what the callbacks fail with, cancelled.
  Result<> walk(const BlobId& tree,
                const std::function<Result<>(const std::string& path, const Node& node)>& take,
                const std::function<Result<>(const std::string& path, const Error& error)>& broken,
                const std::stop_token& stop) const;

 private:
  Repository(storage::Storage& storage, ConfigFile config, MasterKey key)
      : storage_(storage), config_(config), key_(std::move(key)) {}

  storage::Storage& storage_;
  ConfigFile config_;
  MasterKey key_;
  Index index_;
};

/// "config", "index/5e0c…", "data/5e/5e0c…".
std::string pack_name(const FileId& id);
std::string file_name(std::string_view folder, const FileId& id);

/// The id that a file's name is: 64 lower-case hexadecimal digits. Nothing for any other name; such
/// files are no part of a repository.
std::optional<FileId> id_of_name(std::string_view name);

/// The same for a pack, named as it lies below "data": "5e/5e0c…".
std::optional<FileId> id_of_pack(std::string_view name);

/// Moves out of the way of writers: what forbids reading just now. Causes: locked, naming host and
/// time, before an exclusive lock younger than 30 minutes; older ones are told in `warnings`. A
/// dead lock of the reader's own home, as its `state` knows it, is passed over.
Result<> check_locks_for_reading(const Repository& repository,
                                 os::Folder& state,
                                 os::Clock& clock,
                                 std::vector<std::string>& warnings);

}  // namespace keepsake::vault
