// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/check_packs.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/channel.h"
#include "base/guarded.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/task_scope.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/check_pack.h"
#include "vault/repository.h"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>
#include <variant>

namespace keepsake::vault {

namespace {

constexpr std::size_t lanes = 2;
constexpr std::size_t block_size = std::size_t{1} << 20U;
constexpr std::size_t blocks_ahead = 3;

/// A block's memory, placed as the disk wants it, so that reading copies nothing.
class Buffer {
 public:
  Buffer() : bytes_(static_cast<std::byte*>(::operator new(block_size, alignment))) {}

  [[nodiscard]] std::span<std::byte> bytes() const { return {bytes_.get(), block_size}; }

 private:
  static constexpr std::align_val_t alignment{4096};

  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete(bytes, alignment); }
  };

  std::unique_ptr<std::byte, Free> bytes_;
};

/// What the reader of a lane hands on: the next bytes of the pack that it is at.
struct Block {
  std::size_t pack = 0;
  Buffer buffer;
  std::size_t size = 0;
  bool is_last = false;
  std::optional<Error> error;  ///< it could not be read any further
};

/// The next pack that nobody has begun with.
class Queue {
 public:
  explicit Queue(std::size_t count) : count_(count) {}

  std::optional<std::size_t> next() {
    return next_.with(
        [&](std::size_t& next) { return next < count_ ? std::optional(next++) : std::nullopt; });
  }

 private:
  std::size_t count_;
  Guarded<std::size_t> next_;
};

/// A thread that reads and one that sums up, with a few blocks between them.
class Lane {
 public:
  Lane(const Repository& repository,
       std::span<const PackToProve> packs,
       PackProof::Of of,
       const PackListener& listener,
       Guarded<std::monostate>& listening)
      : repository_(repository),
        packs_(packs),
        of_(of),
        listener_(listener),
        listening_(listening) {}

  Result<> read(Queue& queue, const std::stop_token& stop) {
    for (std::size_t i = 0; i < blocks_ahead; ++i) free_.send(Buffer(), stop);
    while (const auto pack = queue.next()) {
      if (!TRY(read_pack(*pack, stop))) return {};
    }
    full_.close();
    return {};
  }

  Result<> prove(const std::stop_token& stop) {
    PackProof proof(repository_.key(), of_);
    std::optional<std::size_t> at;
    while (auto block = full_.receive(stop)) {
      const auto& pack = packs_[block->pack].id;
      if (at != block->pack) proof.begin(pack, repository_.index().blobs_of(pack));
      at = block->pack;
      proof.add(block->buffer.bytes().first(block->size));
      listening_.with([&](std::monostate) { listener_.read(ByteCount{block->size}); });
      if (block->is_last) {
        auto verdict = TRY(verdict_of(proof, *block));
        listening_.with([&](std::monostate) { listener_.take(std::move(verdict)); });
      }
      free_.send(std::move(block->buffer), stop);
    }
    return {};
  }

 private:
  /// False when it was stopped.
  Result<bool> read_pack(std::size_t number, const std::stop_token& stop) {
    std::unique_ptr<RandomAccess> file;
    for (std::uint64_t position = 0;;) {
      auto buffer = free_.receive(stop);
      if (!buffer) return false;
      Block block{
          .pack = number, .buffer = *std::move(buffer), .size = 0, .is_last = false, .error = {}};
      auto filled = fill(block, file, position);
      if (!filled && filled.error().cause == Cause::absent) return fail(std::move(filled).error());
      if (!filled) block.error = std::move(filled).error();
      position += block.size;
      block.is_last = block.error || position >= packs_[number].size.value || block.size == 0;
      const bool ended = block.is_last;
      if (!full_.send(std::move(block), stop)) return false;
      if (ended) return true;
    }
  }

  Result<> fill(Block& block, std::unique_ptr<RandomAccess>& file, std::uint64_t position) const {
    if (!file) {
      const auto name = pack_name(packs_[block.pack].id);
      file = TRY(repository_.storage().open(name, storage::Reading::from_disk));
    }
    block.size = TRY(file->read_at(position, block.buffer.bytes()));
    return {};
  }

  /// Where it is already known which blobs are bad, they are not looked at again.
  [[nodiscard]] Result<PackVerdict> verdict_of(PackProof& proof, const Block& last) const {
    auto verdict = proof.finish();
    if (last.error) {
      verdict.missing = last.error->cause == Cause::not_found;
      verdict.faults = {verdict.missing ? "it is missing" : last.error->message()};
    }
    if (last.error || (of_ == PackProof::Of::sum && !verdict.faults.empty()))
      TRY(examine(repository_, verdict));
    return verdict;
  }

  const Repository& repository_;
  std::span<const PackToProve> packs_;
  PackProof::Of of_;
  const PackListener& listener_;
  Guarded<std::monostate>& listening_;
  Channel<Buffer> free_{blocks_ahead};
  Channel<Block> full_{blocks_ahead};
};

}  // namespace

Result<> prove_packs(const Repository& repository,
                     std::span<const PackToProve> packs,
                     PackProof::Of of,
                     const PackListener& listener,
                     const std::stop_token& stop) {
  Queue queue(packs.size());
  Guarded<std::monostate> listening;
  std::deque<Lane> all;
  for (std::size_t i = 0; i < lanes; ++i)
    all.emplace_back(repository, packs, of, listener, listening);
  TaskScope scope(stop);
  for (Lane& lane : all) {
    scope.start([&](const std::stop_token& inner) { return lane.read(queue, inner); });
    scope.start([&](const std::stop_token& inner) { return lane.prove(inner); });
  }
  TRY(scope.join());
  if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
  return {};
}

}  // namespace keepsake::vault
