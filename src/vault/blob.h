// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdint>

/// The restic repository format, versions 1 and 2 (docs/formats/repository.md): an independent
/// reader, writer and checker of it. It knows blobs, packs, trees and snapshots, and no photo.
namespace keepsake::vault {

/// SHA-256 of a blob's plain bytes.
using BlobId = Digest;

/// SHA-256 of a stored file's bytes, which is also its name.
using FileId = Digest;

/// The two name spaces: what files are made of, and folders.
enum class BlobKind : std::uint8_t { data, tree };

/// Where a blob lies in a pack.
struct BlobPlace {
  BlobKind kind = BlobKind::data;
  BlobId id;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;        ///< sealed: the stored bytes and 32 more
  std::uint32_t plain_length = 0;  ///< 0: stored uncompressed, so it is `length` - 32

  friend bool operator==(const BlobPlace&, const BlobPlace&) = default;
};

/// What sealing adds to a run of bytes: the IV before it and the MAC after it.
inline constexpr std::uint32_t seal_overhead = 32;

/// How many plain bytes a blob has.
inline std::uint32_t plain_length_of(const BlobPlace& place) {
  return place.plain_length != 0 ? place.plain_length : place.length - seal_overhead;
}

/// The most plain bytes of a blob of file data that this program reads; restic's have at most 8
/// MiB.
inline constexpr ByteCount max_data_blob{std::uint64_t{1} << 30U};

/// A writer of this program cuts files after every so many bytes. The format leaves it to us.
inline constexpr ByteCount piece_size{8 << 20};

/// A pack is closed when it has reached this size.
inline constexpr ByteCount pack_target{16 << 20};

}  // namespace keepsake::vault
