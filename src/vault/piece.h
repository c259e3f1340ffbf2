// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/guarded.h"
#include "crypto/sha.h"
#include "vault/blob.h"
#include "vault/seal.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace keepsake::vault {

/// Memory for a sealed piece. It is not cleared first, so a small piece touches only what it needs.
using PieceBuffer = std::unique_ptr<std::byte[]>;
inline constexpr std::size_t piece_buffer_bytes = piece_size.value + seal_overhead;

/// Buffers that go from one file to the next: giving one back to the system and taking another
/// would cost a page fault for every 4 KiB stored. May be used by several threads.
class PieceBuffers {
 public:
  PieceBuffer take();
  void give_back(PieceBuffer buffer);

 private:
  Guarded<std::vector<PieceBuffer>> free_;
};

/// One piece of a file on its way to being a sealed blob: hashed and sealed block by block while
/// the bytes are in the processor's cache, straight from the caller's memory into the buffer that
/// is then written. What a sample says is worth compressing is gathered first. For one thread.
class Piece {
 public:
  enum class Sealing { as_it_comes, at_end };
  enum class Naming { by_itself, by_caller };

  Piece(const MasterKey& key, PieceBuffers& buffers, Sealing sealing, Naming naming);
  ~Piece();
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  Piece(Piece&&) = delete;
  Piece& operator=(Piece&&) = delete;

  /// Starts anew.
  void begin();

  /// Takes as many of the bytes as it has room for, and says how many.
  std::size_t add(ByteView bytes);

  [[nodiscard]] bool is_full() const { return ByteCount{size_} == piece_size; }

  [[nodiscard]] bool is_empty() const { return size_ == 0; }

  [[nodiscard]] ByteCount size() const { return ByteCount{size_}; }

  /// SHA-256 of its bytes; once, and only if it names itself.
  BlobId id();

  struct Sealed {
    ByteView bytes;                  ///< alive until `begin`
    std::uint32_t plain_length = 0;  ///< 0: not compressed
  };

  /// Once.
  Sealed sealed();

 private:
  enum class State { sampling, gathering, sealing };

  void decide(ByteView sample);
  void take(ByteView block);
  void start_sealing();
  void seal(ByteView block, std::size_t position);
  [[nodiscard]] std::span<std::byte> body() const;

  PieceBuffers& buffers_;
  PieceBuffer buffer_;  ///< IV, then plain or sealed bytes, then MAC
  vault::Sealing seal_;
  crypto::Sha256 sha256_;
  const MasterKey& key_;
  const Sealing sealing_;
  const Naming naming_;
  State state_ = State::sampling;
  bool compressible_ = false;
  std::size_t size_ = 0;
  Bytes compressed_;
};

}  // namespace keepsake::vault
