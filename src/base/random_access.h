// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace keepsake {

/// Bytes that can be read at any position: a file, or a buffer in a test.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;

  [[nodiscard]] virtual ByteCount size() const = 0;

  /// Fills the buffer from that position on, less only at the end. Returns how many bytes came.
  virtual Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) = 0;
};

/// Bytes in memory that stay alive elsewhere.
class BytesInMemory final : public RandomAccess {
 public:
  explicit BytesInMemory(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] ByteCount size() const override { return ByteCount{bytes_.size()}; }

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    if (position >= bytes_.size()) return std::size_t{0};
    const auto rest = bytes_.subspan(position);
    const auto count = std::min(rest.size(), buffer.size());
    std::copy_n(rest.begin(), count, buffer.begin());
    return count;
  }

 private:
  ByteView bytes_;
};

}  // namespace keepsake
