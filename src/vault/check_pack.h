// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "crypto/sha.h"
#include "vault/blob.h"
#include "vault/compression.h"
#include "vault/repository.h"
#include "vault/seal.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace keepsake::vault {

/// What a look at one pack came to.
struct PackVerdict {
  FileId pack;
  bool missing = false;
  std::vector<std::string> faults;   ///< sentences; none: it is right
  std::vector<BlobPlace> bad_blobs;  ///< as the index has them
  std::int64_t good_blobs = 0;       ///< read and right
};

/// Whether blobs, by offset, fill a pack of this size without gap or overlap; what is wrong, if
/// not.
std::optional<std::string> layout_fault(std::span<const BlobPlace> blobs, ByteCount pack);

/// Proves a pack from its bytes as they come, in one pass and without keeping them: its SHA-256,
/// and when asked for, every blob, and that its header says what the index says. The layout must be
/// right. Reusable. For one thread.
class PackProof {
 public:
  enum class Of { sum, blobs };

  PackProof(const MasterKey& key, Of of);

  void begin(const FileId& pack, std::vector<BlobPlace> blobs);

  /// The next bytes, which are decrypted where they lie.
  void add(std::span<std::byte> bytes);

  PackVerdict finish();

 private:
  void add_to_blobs(std::span<std::byte> bytes);
  void add_to_blob(const BlobPlace& blob, std::span<std::byte> bytes);
  void add_body(const BlobPlace& blob, std::span<std::byte> body);
  void finish_blob(const BlobPlace& blob);
  void check_header();

  const MasterKey& key_;
  Of of_;
  crypto::Sha256 sum_;
  PackVerdict verdict_;
  std::vector<BlobPlace> blobs_;
  std::size_t next_ = 0;    ///< the blob that the next byte belongs to
  std::size_t inside_ = 0;  ///< bytes of it that have come
  Bytes header_;            ///< what follows the last blob

  Opening opening_;
  crypto::Sha256 blob_sum_;
  Decompression decompression_;
  std::optional<Error> not_decompressed_;
  std::uint64_t plain_length_ = 0;
  std::vector<std::uint64_t> plain_lengths_;  ///< of all blobs so far, as they really are
  std::array<std::byte, 16> iv_{};
  std::array<std::byte, 16> mac_{};
};

/// Looks at each blob of a pack that is known to be wrong in some way, to tell which are lost. Adds
/// to the verdict.
Result<> examine(const Repository& repository, PackVerdict& verdict);

}  // namespace keepsake::vault
