// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/writer.h"

#include "base/guarded.h"
#include "crypto/sha.h"
#include "vault/compression.h"
#include "vault/open_packs.h"
#include "vault/piece.h"
#include "vault/unpacked.h"
#include "vault/write_index.h"

#include <algorithm>
#include <set>
#include <utility>

namespace keepsake::vault {

namespace {

using BlobKey = std::pair<BlobKind, BlobId>;

/// Files up to this size are hashed whole before any of their bytes is sealed.
constexpr ByteCount small_file{1 << 20};

class RepositoryWriter final : public Writer {
 public:
  explicit RepositoryWriter(Repository& repository)
      : repository_(repository), packs_(repository.storage(), repository.key()) {}

  Result<std::unique_ptr<FileWriter>> open_file(ByteCount size, Sum sum) override;
  Result<BlobId> put(BlobKind kind, ByteView plain) override;

  [[nodiscard]] bool knows(BlobKind kind, const BlobId& id) const override {
    return on_their_way_.with([&](const std::set<BlobKey>& blobs) {
      return blobs.contains({kind, id}) || repository_.index().contains(kind, id);
    });
  }

  [[nodiscard]] bool holds(BlobKind kind, const BlobId& id) const override {
    return repository_.index().contains(kind, id);
  }

  Result<> flush() override;
  Result<FileId> add_snapshot(const Snapshot& snapshot) override;

  [[nodiscard]] ByteCount written() const override {
    ByteCount written = packs_.written();
    written += small_files_.with([](ByteCount bytes) { return bytes; });
    return written;
  }

  [[nodiscard]] const MasterKey& key() const { return repository_.key(); }

  /// Stores a sealed blob, unless that was done meanwhile.
  Result<> store(const BlobKey& blob, std::uint32_t plain_length, ByteView sealed) {
    if (!claim(blob)) return {};
    auto added = packs_.add(blob.first, blob.second, plain_length, sealed);
    if (!added) forget(blob);
    return added;
  }

  PieceBuffers& buffers() { return buffers_; }

 private:
  /// Whether it is the caller's to store. Others may count on it from now on: should it be lost,
  /// `flush` makes it unknown again, and whoever needs it looks.
  bool claim(const BlobKey& blob) {
    return on_their_way_.with([&](std::set<BlobKey>& blobs) {
      return !repository_.index().contains(blob.first, blob.second) && blobs.insert(blob).second;
    });
  }

  void forget(const BlobKey& blob) {
    on_their_way_.with([&](std::set<BlobKey>& blobs) { blobs.erase(blob); });
  }

  void forget(std::span<const PackContents> packs) {
    for (const PackContents& pack : packs)
      for (const BlobPlace& blob : pack.blobs) forget({blob.kind, blob.id});
  }

  Result<> write_indexes();

  Repository& repository_;
  OpenPacks packs_;
  PieceBuffers buffers_;
  mutable Guarded<std::set<BlobKey>> on_their_way_;
  std::vector<PackContents> durable_;  ///< packs that no index lists yet
  mutable Guarded<ByteCount> small_files_;
};

class PieceByPiece final : public FileWriter {
 public:
  PieceByPiece(RepositoryWriter& writer, ByteCount size, Sum sum)
      : writer_(writer),
        named_by_caller_(sum == Sum::given && size.value > 0 && size <= piece_size),
        piece_(writer.key(),
               writer.buffers(),
               size.value > 0 && size <= small_file ? Piece::Sealing::at_end
                                                    : Piece::Sealing::as_it_comes,
               named_by_caller_ ? Piece::Naming::by_caller : Piece::Naming::by_itself) {}

  Result<> write(ByteView bytes) override {
    while (!bytes.empty()) {
      if (piece_.is_full()) TRY(end_piece(std::nullopt));
      bytes = bytes.subspan(piece_.add(bytes));
    }
    return {};
  }

  Result<StoredFile> finish(const std::optional<Digest>& sum) override {
    if (!piece_.is_empty()) TRY(end_piece(sum));
    if (sum && file_.content.size() == 1 && file_.content.front() != *sum)
      return fail(Cause::corrupt, "its bytes changed in this computer's memory");
    return std::move(file_);
  }

 private:
  Result<> end_piece(const std::optional<Digest>& name) {
    if (named_by_caller_ && !name)
      return fail(Cause::changed, "it is larger than was announced; it may still be growing");
    const BlobId id = named_by_caller_ ? *name : piece_.id();
    file_.size += piece_.size();
    file_.content.push_back(id);
    const BlobKey blob(BlobKind::data, id);
    if (!writer_.knows(blob.first, blob.second)) {
      const auto sealed = piece_.sealed();
      TRY(writer_.store(blob, sealed.plain_length, sealed.bytes));
    }
    piece_.begin();
    return {};
  }

  RepositoryWriter& writer_;
  bool named_by_caller_;
  Piece piece_;
  StoredFile file_;
};

Result<std::unique_ptr<FileWriter>> RepositoryWriter::open_file(ByteCount size, Sum sum) {
  return std::make_unique<PieceByPiece>(*this, size, sum);
}

Result<BlobId> RepositoryWriter::put(BlobKind kind, ByteView plain) {
  expect(!plain.empty(), "no blob is empty");
  const BlobId id = crypto::sha256(plain);
  if (knows(kind, id)) return id;
  if (kind == BlobKind::tree || looks_compressible(plain)) {
    const auto sealed = seal(key(), compress(plain));
    TRY(store({kind, id}, static_cast<std::uint32_t>(plain.size()), sealed));
  } else {
    TRY(store({kind, id}, 0, seal(key(), plain)));
  }
  return id;
}

Result<> RepositoryWriter::flush() {
  auto closed = packs_.close_all();
  auto results = packs_.take_results();
  for (const BlobKey& blob : results.lost) forget(blob);
  if (!results.published.empty()) {
    // Packs of a failed sync are not tried again: the next one could succeed without them.
    auto durable = repository_.storage().make_durable();
    if (!durable) {
      forget(results.published);
      return durable;
    }
    std::move(results.published.begin(), results.published.end(), std::back_inserter(durable_));
  }
  TRY(write_indexes());
  return closed;
}

Result<> RepositoryWriter::write_indexes() {
  while (!durable_.empty()) {
    const auto count = packs_of_one_index(durable_);
    const std::span<const PackContents> packs(durable_.data(), count);
    const auto size = TRY(write_index(repository_, packs));
    small_files_.with([&](ByteCount& bytes) { bytes += size; });
    on_their_way_.with([&](std::set<BlobKey>& blobs) {
      for (const PackContents& pack : packs) {
        repository_.index().add(pack);
        for (const BlobPlace& blob : pack.blobs) blobs.erase({blob.kind, blob.id});
      }
    });
    durable_.erase(durable_.begin(), durable_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return {};
}

Result<FileId> RepositoryWriter::add_snapshot(const Snapshot& snapshot) {
  const auto file = pack_json(key(), repository_.config().version, to_json(snapshot));
  TRY(repository_.storage().put(file_name("snapshots", file.id), file.stored));
  small_files_.with([&](ByteCount& bytes) { bytes += ByteCount{file.stored.size()}; });
  return file.id;
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(Repository& repository) {
  if (repository.config().version < 2)
    return fail(
        Error{Cause::unsupported,
              "this vault is in version 1 of the format, which can be read but not written. "
              "To bring it up to date, run: restic migrate upgrade_repo_v2",
              repository.storage().where(),
              Scope::destination});
  return std::make_unique<RepositoryWriter>(repository);
}

}  // namespace keepsake::vault
