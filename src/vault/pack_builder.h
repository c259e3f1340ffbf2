// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/sha.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/index.h"
#include "vault/seal.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace keepsake::vault {

/// A pack under construction: its blobs go to storage as they come, and are hashed on the way, as
/// its name is known only at the end. For one thread.
class PackBuilder {
 public:
  static Result<std::unique_ptr<PackBuilder>> begin(storage::Storage& storage, BlobKind kind);

  PackBuilder(BlobKind kind, std::unique_ptr<storage::Draft> draft)
      : kind_(kind), draft_(std::move(draft)) {}

  /// `plain_length` is 0 for what is stored uncompressed. A blob that did not find room whole is
  /// taken back. Causes: full, absent, …
  Result<> add(const BlobId& id, std::uint32_t plain_length, ByteView sealed);

  /// Seals the header and gives the pack its name; durable only after `Storage::make_durable`.
  Result<FileId> publish(const MasterKey& key);

  [[nodiscard]] BlobKind kind() const { return kind_; }

  [[nodiscard]] const std::vector<BlobPlace>& blobs() const { return blobs_; }

  [[nodiscard]] ByteCount size() const { return size_; }

  [[nodiscard]] bool is_full() const { return size_ >= pack_target; }

  /// Whether nothing more can be added, because what could not be written could not be taken back.
  [[nodiscard]] bool is_broken() const { return broken_; }

 private:
  BlobKind kind_;
  std::unique_ptr<storage::Draft> draft_;
  crypto::Sha256 sha256_;
  std::vector<BlobPlace> blobs_;
  ByteCount size_;
  bool broken_ = false;
};

}  // namespace keepsake::vault
