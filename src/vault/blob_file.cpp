// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/cause.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/text.h"
#include "vault/blob.h"
#include "vault/repository.h"
#include "vault/tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

/// A blob of a file, and where it begins there.
struct Piece {
  BlobId id;
  std::uint64_t begin = 0;
  std::uint64_t length = 0;
};

/// A file whose bytes are read blob after blob; the last one read stays in memory.
class BlobFile final : public RandomAccess {
 public:
  BlobFile(const Repository& repository, std::vector<Piece> pieces, ByteCount size)
      : repository_(repository), pieces_(std::move(pieces)), size_(size) {}

  [[nodiscard]] ByteCount size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    std::size_t done = 0;
    while (done < buffer.size() && position + done < size_.value) {
      const auto there = TRY(from(position + done));
      const auto count = std::min(there.size(), buffer.size() - done);
      std::copy_n(there.begin(), count, buffer.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
    }
    return done;
  }

 private:
  /// What the blob there holds from that position on; never nothing.
  Result<ByteView> from(std::uint64_t position) {
    const auto behind = std::upper_bound(
        pieces_.begin(), pieces_.end(), position, [](std::uint64_t at, const Piece& piece) {
          return at < piece.begin;
        });
    const auto index = static_cast<std::size_t>(std::prev(behind) - pieces_.begin());
    const Piece& piece = pieces_[index];
    if (loaded_ != index) {
      loaded_.reset();
      bytes_ = TRY(repository_.read_blob(BlobKind::data, piece.id));
      if (bytes_.size() != piece.length)
        return fail(Cause::corrupt,
                    "blob {} has {} bytes and not {} as the index says",
                    piece.id.hex(),
                    bytes_.size(),
                    piece.length);
      loaded_ = index;
    }
    return ByteView(bytes_).subspan(position - piece.begin);
  }

  const Repository& repository_;
  std::vector<Piece> pieces_;  ///< none is empty
  ByteCount size_;
  std::optional<std::size_t> loaded_;
  Bytes bytes_;
};

/// Where the index says that blobs end and begin; `measured` also asks the blobs themselves, for
/// when the index is wrong about compressed ones.
enum class Lengths { of_index, measured };

Result<std::vector<Piece>> pieces_of(const Repository& repository,
                                     const Node& file,
                                     Lengths lengths) {
  std::vector<Piece> pieces;
  pieces.reserve(file.content.size());
  std::uint64_t begin = 0;
  for (const BlobId& id : file.content) {
    const auto found = repository.index().find(BlobKind::data, id);
    if (!found) return fail(Cause::corrupt, "blob {} of it is in no index", id.hex());
    auto length = std::uint64_t{plain_length_of(found->place)};
    if (lengths == Lengths::measured && found->place.plain_length != 0) {
      const auto bytes = TRY(repository.read_blob(BlobKind::data, id));
      length = bytes.size();
    }
    if (length > 0) pieces.push_back({.id = id, .begin = begin, .length = length});
    begin += length;
  }
  return pieces;
}

std::uint64_t end_of(const std::vector<Piece>& pieces) {
  return pieces.empty() ? 0 : pieces.back().begin + pieces.back().length;
}

}  // namespace

Result<std::unique_ptr<RandomAccess>> Repository::open_file(const Node& file) const {
  expect(file.type == Node::Type::file, "only files are opened");
  const auto named = in(shown(file.name));
  auto pieces = TRY(pieces_of(*this, file, Lengths::of_index).map_error(named));
  if (end_of(pieces) != file.size.value)
    pieces = TRY(pieces_of(*this, file, Lengths::measured).map_error(named));
  if (end_of(pieces) != file.size.value)
    return fail(Error{
        Cause::corrupt,
        fmt::format(
            "its blobs have {} bytes, and it should have {}", end_of(pieces), file.size.value),
        shown(file.name),
        Scope::asset});
  return std::make_unique<BlobFile>(*this, std::move(pieces), file.size);
}

}  // namespace keepsake::vault
