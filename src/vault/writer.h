// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/repository.h"
#include "vault/snapshot.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace keepsake::vault {

/// What a file came to: its blobs in order, every one stored or on its way into a pack.
struct StoredFile {
  std::vector<BlobId> content;
  ByteCount size;
};

/// The bytes of one file on their way into blobs. They are hashed and sealed as they come; nothing
/// larger than a block is kept. Destroyed without `finish`, what it began is cut away again. For
/// one thread; several may be open at once.
class FileWriter {
 public:
  virtual ~FileWriter() = default;
  virtual Result<> write(ByteView bytes) = 0;
  virtual Result<StoredFile> finish() = 0;
};

/// Adds blobs and snapshots to a repository that is locked for it, in the only safe order: packs,
/// then index, then snapshot. Memory is bounded: packs go to storage as they grow. Blobs are spread
/// at random over two open packs a kind. `open_file` and `put` may be called from several threads.
class Writer {
 public:
  /// The repository's index must be loaded; what is written is added to it. Causes: unsupported for
  /// version 1 (named with `restic migrate upgrade_repo_v2`) and append-only repositories are fine.
  static Result<std::unique_ptr<Writer>> open(Repository& repository);
  virtual ~Writer() = default;

  /// `size` is a guess; `compressible` bytes (records) are compressed, others only when a sample
  /// of them says that it is worth it.
  virtual Result<std::unique_ptr<FileWriter>> open_file(ByteCount size) = 0;

  /// Stores one blob, unless it is known already.
  virtual Result<BlobId> put(BlobKind kind, ByteView plain) = 0;

  /// Whether a blob is stored, or on its way.
  [[nodiscard]] virtual bool knows(BlobKind kind, const BlobId& id) const = 0;

  /// Everything put so far is in packs, and these in an index, durably.
  virtual Result<> flush() = 0;

  /// After `flush`. Returns the snapshot's id.
  virtual Result<FileId> add_snapshot(const Snapshot& snapshot) = 0;

  /// Bytes written to the storage so far.
  [[nodiscard]] virtual ByteCount written() const = 0;
};

}  // namespace keepsake::vault
