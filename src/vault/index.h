// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keepsake::vault {

/// One pack as an index file lists it.
struct PackContents {
  FileId pack;
  std::vector<BlobPlace> blobs;
};

inline constexpr ByteCount max_index_json{256 << 20};

/// The packs of one index file. Unknown fields, `supersedes` too, are passed over. Causes: corrupt;
/// unsupported for the index of restic 0.1.
Result<std::vector<PackContents>> parse_index(std::string_view text);
std::string to_index_json(std::span<const PackContents> packs);

/// Where every blob of a vault lies, in memory: about 60 bytes a blob. A blob may lie in several
/// packs. May be used by several threads, also while one of them adds to it or puts another in its
/// place.
class Index {
 public:
  Index() = default;
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;
  Index(Index&&) = delete;
  Index& operator=(Index&& other) noexcept;
  ~Index() = default;

  struct Found {
    FileId pack;
    BlobPlace place;
  };

  /// Adds what a pack holds. A pack that is known already holds what was said of it at any time.
  void add(const PackContents& pack);

  /// Forgets a pack and what lies in it.
  void remove(const FileId& pack);

  [[nodiscard]] bool contains(BlobKind kind, const BlobId& id) const {
    return number_of(kind, id).has_value();
  }

  /// One place, any.
  [[nodiscard]] std::optional<Found> find(BlobKind kind, const BlobId& id) const;

  /// All places.
  [[nodiscard]] std::vector<Found> find_all(BlobKind kind, const BlobId& id) const;

  /// A number that stands for a blob, in whatever packs it lies, below `numbers`: for tables that
  /// note something of every blob. Valid until the index changes.
  [[nodiscard]] std::optional<std::uint32_t> number_of(BlobKind kind, const BlobId& id) const;

  [[nodiscard]] std::size_t numbers() const;

  [[nodiscard]] bool contains_pack(const FileId& pack) const;

  /// All packs, sorted by id.
  [[nodiscard]] std::vector<FileId> packs() const;

  /// What a pack holds, by offset.
  [[nodiscard]] std::vector<BlobPlace> blobs_of(const FileId& pack) const;

  /// Places, not counting any twice.
  [[nodiscard]] std::size_t blob_count() const;

 private:
  static constexpr std::uint32_t nothing = 0xffffffff;

  struct Entry {
    BlobId id;
    std::uint32_t pack = 0;   ///< place in `packs_`; `nothing` once it is removed
    std::uint32_t kind : 1;   ///< BlobKind
    std::uint32_t next : 31;  ///< one more than the entry of this blob's next place; 0 is none
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t plain_length = 0;
  };

  struct Pack {
    FileId id;
    std::uint32_t first = 0;  ///< its entries lie side by side
    std::uint32_t count = 0;
  };

  /// Ids are sums already: any eight bytes of one are a good hash.
  struct Hash {
    std::size_t operator()(const Digest& id) const {
      std::size_t hash = 0;
      std::memcpy(&hash, id.bytes.data(), sizeof hash);
      return hash;
    }
  };

  void forget(const FileId& pack);
  [[nodiscard]] std::optional<std::uint32_t> number_in_table(BlobKind kind, const BlobId& id) const;
  [[nodiscard]] std::vector<BlobPlace> places_in(const FileId& pack) const;
  void add_new(const FileId& pack, std::span<const BlobPlace> blobs);
  void make_room();
  void enter(std::uint32_t number);
  void leave(std::uint32_t number);
  [[nodiscard]] std::size_t slot_of(BlobKind kind, const BlobId& id) const;
  [[nodiscard]] Found found(const Entry& entry) const;

  mutable std::shared_mutex mutex_;  ///< of what follows
  std::vector<Pack> packs_;
  std::unordered_map<FileId, std::uint32_t, Hash> numbers_;  ///< of packs
  std::deque<Entry> entries_;         ///< in pieces, so that growing copies nothing
  std::vector<std::uint32_t> slots_;  ///< a hash table of entries; 0 is free, else one more
  std::size_t used_ = 0;              ///< slots that are not free
  std::size_t count_ = 0;
};

}  // namespace keepsake::vault
