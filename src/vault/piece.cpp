// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/piece.h"

#include "vault/compression.h"

#include <algorithm>
#include <utility>

namespace keepsake::vault {

namespace {

constexpr std::size_t iv_bytes = 16;
constexpr std::size_t mac_bytes = 16;
constexpr std::size_t sample_bytes = std::size_t{64} << 10U;

// What is hashed, sealed and summed in turn stays in the second-level cache meanwhile.
constexpr std::size_t block_bytes = std::size_t{64} << 10U;

}  // namespace

PieceBuffer PieceBuffers::take() {
  auto buffer = free_.with([](std::vector<PieceBuffer>& free) {
    PieceBuffer last;
    if (free.empty()) return last;
    last = std::move(free.back());
    free.pop_back();
    return last;
  });
  if (!buffer) buffer = std::make_unique_for_overwrite<std::byte[]>(piece_buffer_bytes);
  return buffer;
}

void PieceBuffers::give_back(PieceBuffer buffer) {
  free_.with([&](std::vector<PieceBuffer>& free) { free.push_back(std::move(buffer)); });
}

Piece::Piece(const MasterKey& key, PieceBuffers& buffers, Sealing sealing, Naming naming)
    : buffers_(buffers),
      buffer_(buffers.take()),
      seal_(key),
      key_(key),
      sealing_(sealing),
      naming_(naming) {}

Piece::~Piece() { buffers_.give_back(std::move(buffer_)); }

std::span<std::byte> Piece::body() const { return {buffer_.get() + iv_bytes, piece_size.value}; }

void Piece::begin() {
  state_ = State::sampling;
  compressible_ = false;
  size_ = 0;
  compressed_ = {};
}

std::size_t Piece::add(ByteView bytes) {
  bytes = bytes.first(std::min(bytes.size(), std::size_t{piece_size.value} - size_));
  for (auto rest = bytes; !rest.empty();) {
    if (state_ == State::sampling && size_ == 0 && rest.size() >= sample_bytes)
      decide(rest.first(sample_bytes));
    const auto most = state_ == State::sampling ? sample_bytes - size_ : block_bytes;
    const auto block = rest.first(std::min(rest.size(), most));
    take(block);
    rest = rest.subspan(block.size());
    if (state_ == State::sampling && size_ == sample_bytes) decide(body().first(size_));
  }
  return bytes.size();
}

void Piece::decide(ByteView sample) {
  compressible_ = looks_compressible(sample);
  if (compressible_ || sealing_ == Sealing::at_end) {
    state_ = State::gathering;
  } else {
    start_sealing();
  }
}

/// Seals what was gathered in place.
void Piece::start_sealing() {
  const auto iv = seal_.begin();
  std::copy(iv.begin(), iv.end(), buffer_.get());
  state_ = State::sealing;
  for (std::size_t at = 0; at < size_; at += block_bytes)
    seal(ByteView(body()).subspan(at, std::min(block_bytes, size_ - at)), at);
}

void Piece::seal(ByteView block, std::size_t position) {
  seal_.add(block, body().subspan(position, block.size()));
}

void Piece::take(ByteView block) {
  if (naming_ == Naming::by_itself) sha256_.add(block);
  if (state_ == State::sealing) {
    seal(block, size_);
  } else {
    std::copy(block.begin(), block.end(), body().begin() + static_cast<std::ptrdiff_t>(size_));
  }
  size_ += block.size();
}

BlobId Piece::id() {
  expect(naming_ == Naming::by_itself, "a piece that its caller names is not hashed");
  return sha256_.finish();
}

Piece::Sealed Piece::sealed() {
  if (state_ == State::sampling) decide(body().first(size_));
  if (compressible_) {
    auto smaller = compress(body().first(size_));
    if (smaller.size() < size_) {
      compressed_ = vault::seal(key_, smaller);
      return {compressed_, static_cast<std::uint32_t>(size_)};
    }
  }
  if (state_ != State::sealing) start_sealing();
  const auto mac = seal_.finish();
  std::copy(mac.begin(), mac.end(), body().begin() + static_cast<std::ptrdiff_t>(size_));
  return {ByteView(buffer_.get(), iv_bytes + size_ + mac_bytes), 0};
}

}  // namespace keepsake::vault
