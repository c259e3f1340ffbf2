// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/pack_header.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/random_access.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/seal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace keepsake::vault {

namespace {

// An entry is a byte for the blob's kind, its sealed length, for compressed blobs its plain length,
// and its id; numbers are little-endian (restic/restic, doc/design.rst, "Pack Format").
constexpr std::size_t plain_entry = 1 + 4 + 32;
constexpr std::size_t compressed_entry = 1 + 4 + 4 + 32;
constexpr std::size_t length_size = 4;
constexpr unsigned compressed_bit = 2;
constexpr unsigned most_kind = 3;

void append_u32(Bytes& bytes, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::byte>(value >> shift & 255U));
}

std::uint32_t u32_at(ByteView bytes, std::size_t position) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= std::to_integer<std::uint32_t>(bytes[position + i]) << (8 * i);
  return value;
}

std::size_t entry_size(const BlobPlace& blob) {
  return blob.plain_length == 0 ? plain_entry : compressed_entry;
}

/// One entry at the front; its offset is not set.
Result<BlobPlace> parse_entry(ByteView entries) {
  const auto kind = std::to_integer<unsigned>(entries.front());
  if (kind > most_kind)
    return fail(Cause::corrupt, "its header lists a blob of the unknown kind {}", kind);
  const bool compressed = (kind & compressed_bit) != 0;
  const auto size = compressed ? compressed_entry : plain_entry;
  if (entries.size() < size)
    return fail(Cause::corrupt, "its header ends in the middle of an entry");
  BlobPlace blob;
  blob.kind = (kind & 1U) != 0 ? BlobKind::tree : BlobKind::data;
  blob.length = u32_at(entries, 1);
  if (compressed) blob.plain_length = u32_at(entries, 5);
  std::copy_n(entries.begin() + static_cast<std::ptrdiff_t>(size - 32), 32, blob.id.bytes.begin());
  if (blob.length < seal_overhead)
    return fail(Cause::corrupt,
                "its header gives blob {} {} bytes, too few for a seal",
                blob.id.hex(),
                blob.length);
  if (compressed && blob.plain_length == 0)
    return fail(
        Cause::corrupt, "its header says that blob {} is compressed and empty", blob.id.hex());
  return blob;
}

/// The last bytes of a pack, up to that many.
Result<Bytes> read_end(RandomAccess& pack, std::uint64_t size) {
  const auto end = pack.size().value;
  Bytes bytes(static_cast<std::size_t>(std::min(size, end)));
  const auto count = TRY(pack.read_at(end - bytes.size(), bytes));
  if (count != bytes.size()) return fail(Cause::corrupt, "it became shorter while it was read");
  return bytes;
}

}  // namespace

Bytes seal_pack_header(const MasterKey& key, std::span<const BlobPlace> blobs) {
  Bytes plain;
  plain.reserve(blobs.size() * compressed_entry);
  for (const BlobPlace& blob : blobs) {
    const unsigned kind =
        (blob.kind == BlobKind::tree ? 1U : 0U) | (blob.plain_length != 0 ? compressed_bit : 0U);
    plain.push_back(static_cast<std::byte>(kind));
    append_u32(plain, blob.length);
    if (blob.plain_length != 0) append_u32(plain, blob.plain_length);
    plain.insert(plain.end(), blob.id.bytes.begin(), blob.id.bytes.end());
  }
  auto header = seal(key, plain);
  expect(header.size() + length_size <= max_pack_header.value, "a pack's header is not too large");
  append_u32(header, static_cast<std::uint32_t>(header.size()));
  return header;
}

Result<std::vector<BlobPlace>> parse_pack_header(ByteView plain) {
  std::vector<BlobPlace> blobs;
  std::uint64_t offset = 0;
  while (!plain.empty()) {
    auto blob = TRY(parse_entry(plain));
    blob.offset = static_cast<std::uint32_t>(offset);
    offset += blob.length;
    if (offset > std::numeric_limits<std::uint32_t>::max())
      return fail(Cause::corrupt, "its header lists more than 4 GiB of blobs");
    plain = plain.subspan(entry_size(blob));
    blobs.push_back(blob);
  }
  return blobs;
}

Result<std::vector<BlobPlace>> read_pack_end(const MasterKey& key, RandomAccess& pack) {
  // Enough for the headers of most packs, so that they take one read.
  constexpr std::uint64_t guess = length_size + seal_overhead + 15 * compressed_entry;
  const auto size = pack.size().value;
  if (size < length_size + seal_overhead)
    return fail(Cause::corrupt, "it has {} bytes, too few for a pack's header", size);
  auto end = TRY(read_end(pack, guess));
  const std::uint64_t length = u32_at(end, end.size() - length_size);
  if (length + length_size > max_pack_header.value || length + length_size > size ||
      length < seal_overhead)
    return fail(Cause::corrupt, "it says that its header has {} bytes", length);
  if (length + length_size > end.size()) end = TRY(read_end(pack, length + length_size));
  const auto sealed = ByteView(end).last(length + length_size).first(length);
  const auto plain = TRY(open_sealed(key, sealed).map_error(in("its header")));
  return parse_pack_header(plain);
}

Result<std::vector<BlobPlace>> read_pack_header(const MasterKey& key, RandomAccess& pack) {
  auto blobs = TRY(read_pack_end(key, pack));
  if (pack_size(blobs) != pack.size())
    return fail(Cause::corrupt,
                "it has {} bytes, and its header lists blobs for {}",
                pack.size().value,
                pack_size(blobs).value);
  return blobs;
}

ByteCount pack_size(std::span<const BlobPlace> blobs) {
  std::uint64_t size = length_size + seal_overhead;
  for (const BlobPlace& blob : blobs) size += blob.length + entry_size(blob);
  return ByteCount{size};
}

}  // namespace keepsake::vault
