// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/repository.h"
#include "vault/snapshot.h"

#include <memory>
#include <optional>
#include <vector>

namespace keepsake::vault {

/// What a file came to: its blobs in order, every one stored or on its way into a pack.
struct StoredFile {
  std::vector<BlobId> content;
  ByteCount size;
};

/// Who hashes a file as a whole.
enum class Sum {
  none,   ///< nobody
  given,  ///< the caller, who hands the SHA-256 to `finish`: a file of one piece is named by it
};

/// The bytes of one file on their way into blobs of `piece_size`; one piece at most is in memory.
/// Destroyed without `finish`, the piece it began is dropped; pieces before it stay stored. For one
/// thread; several may be open at once.
class FileWriter {
 public:
  virtual ~FileWriter() = default;

  /// Causes: changed when there is more than one piece though less was announced.
  virtual Result<> write(ByteView bytes) = 0;

  /// `sum` is the SHA-256 of all bytes written, where the caller has one. Causes: corrupt when it
  /// is not theirs.
  virtual Result<StoredFile> finish(const std::optional<Digest>& sum) = 0;
};

/// Adds blobs and snapshots to a repository that is locked for it, in the only safe order: packs,
/// then index, then snapshot. Memory is bounded: a piece for each open file, and packs go to
/// storage as they grow. Blobs are spread at random over two open packs a kind. `open_file`, `put`
/// and `knows` may be called from several threads at once.
class Writer {
 public:
  /// The repository's index must be loaded; what is written is added to it. Causes: unsupported for
  /// version 1 (named with `restic migrate upgrade_repo_v2`).
  static Result<std::unique_ptr<Writer>> open(Repository& repository);
  virtual ~Writer() = default;

  /// With `Sum::given` a file announced with at most `piece_size` is not hashed again, and may not
  /// turn out larger. A `size` of 0 is unknown. Pieces are compressed when a sample of them says
  /// that it is worth it.
  virtual Result<std::unique_ptr<FileWriter>> open_file(ByteCount size, Sum sum) = 0;

  /// Stores one blob, not empty, unless it is known already. Trees are always compressed.
  virtual Result<BlobId> put(BlobKind kind, ByteView plain) = 0;

  /// Whether a blob is stored, or on its way: what is on its way may still be lost, as on a full
  /// disk.
  [[nodiscard]] virtual bool knows(BlobKind kind, const BlobId& id) const = 0;

  /// Whether a blob is in an index: nothing short of damage takes it away again.
  [[nodiscard]] virtual bool holds(BlobKind kind, const BlobId& id) const = 0;

  /// Everything put so far is in packs, and these in an index, durably. When it fails, `holds`
  /// tells what is; what is not even known any more must be put again.
  virtual Result<> flush() = 0;

  /// After `flush`. Returns the snapshot's id.
  virtual Result<FileId> add_snapshot(const Snapshot& snapshot) = 0;

  /// Bytes written to the storage so far.
  [[nodiscard]] virtual ByteCount written() const = 0;
};

}  // namespace keepsake::vault
