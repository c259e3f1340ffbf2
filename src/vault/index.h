// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::vault {

/// One pack as an index file lists it.
struct PackContents {
  FileId pack;
  std::vector<BlobPlace> blobs;
};

inline constexpr ByteCount max_index_json{256 << 20};

/// The packs of one index file. Unknown fields, `supersedes` too, are passed over. Causes: corrupt.
Result<std::vector<PackContents>> parse_index(std::string_view json);
std::string to_index_json(std::span<const PackContents> packs);

/// Where every blob of a vault lies, in memory: one table, about 60 bytes a blob. A blob may lie in
/// several packs. For one writer, or many readers.
class Index {
 public:
  struct Found {
    FileId pack;
    BlobPlace place;
  };

  void add(const PackContents& pack);

  /// Forgets a pack and what lies in it.
  void remove(const FileId& pack);

  [[nodiscard]] bool contains(BlobKind kind, const BlobId& id) const;

  /// One place, any.
  [[nodiscard]] std::optional<Found> find(BlobKind kind, const BlobId& id) const;

  /// All places.
  [[nodiscard]] std::vector<Found> find_all(BlobKind kind, const BlobId& id) const;

  /// All packs, sorted by id.
  [[nodiscard]] std::vector<FileId> packs() const;

  /// What a pack holds, by offset.
  [[nodiscard]] std::vector<BlobPlace> blobs_of(const FileId& pack) const;
  [[nodiscard]] std::size_t blob_count() const;

 private:
  struct Entry {
    BlobId id;
    std::uint32_t pack = 0;  ///< place in `packs_`
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t plain_length = 0;
    BlobKind kind = BlobKind::data;
  };

  std::vector<FileId> packs_;
  std::vector<Entry> entries_;  // the implementer decides how they are found; this is a proposal
};

}  // namespace keepsake::vault
