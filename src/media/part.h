// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keepsake::media {

/// Which byte of a number comes first.
enum class Order { big, little };

/// A buffered view of a file: the few places that headers point to cost few reads. What cannot be
/// read looks like the end of the file to the readers above; `failure` tells afterwards.
class Window {
 public:
  explicit Window(RandomAccess& file);

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// These bytes, fewer only where the file ends. Valid until the next call.
  ByteView view(std::uint64_t position, std::size_t length);

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  void fill(std::uint64_t position, std::size_t length);

  RandomAccess& file_;
  std::uint64_t size_;
  std::uint64_t start_ = 0;
  Bytes buffer_;
  std::size_t filled_ = 0;
  std::optional<Error> failure_;
};

/// A part of a file, such as one box or one segment. Places count from its own start, and nothing
/// outside can be reached, whatever lengths and offsets the file claims.
class Part {
 public:
  /// No single look takes more than this into memory; larger requests find nothing.
  static constexpr std::uint64_t most_bytes = 16U << 20U;

  explicit Part(Window& window) : window_(&window), size_(window.size()) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The rest of it from there on.
  [[nodiscard]] Part from(std::uint64_t position) const { return slice(position, size_); }

  /// That much of it from there on, cut where this part ends.
  [[nodiscard]] Part slice(std::uint64_t position, std::uint64_t length) const;

  /// Whether that many bytes lie there.
  [[nodiscard]] bool holds(std::uint64_t position, std::uint64_t length) const {
    return position <= size_ && length <= size_ - position;
  }

  /// Exactly these bytes, or none where they do not all exist. Valid until the next look at the
  /// same file.
  [[nodiscard]] ByteView bytes(std::uint64_t position, std::uint64_t length) const;

  /// All of it, or none where it is longer than the ceiling.
  [[nodiscard]] ByteView all() const { return bytes(0, size_); }

  /// Whether this text stands there.
  [[nodiscard]] bool has(std::uint64_t position, std::string_view text) const;

  /// The number of `width` bytes (1 to 8) there.
  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t position,
                                                    unsigned width,
                                                    Order order) const;

  [[nodiscard]] std::optional<std::uint64_t> u8(std::uint64_t position) const {
    return number(position, 1, Order::big);
  }

  [[nodiscard]] std::optional<std::uint64_t> u16(std::uint64_t position,
                                                 Order order = Order::big) const {
    return number(position, 2, order);
  }

  [[nodiscard]] std::optional<std::uint64_t> u32(std::uint64_t position,
                                                 Order order = Order::big) const {
    return number(position, 4, order);
  }

  [[nodiscard]] std::optional<std::uint64_t> u64(std::uint64_t position,
                                                 Order order = Order::big) const {
    return number(position, 8, order);
  }

 private:
  Part(Window& window, std::uint64_t begin, std::uint64_t size)
      : window_(&window), begin_(begin), size_(size) {}

  Window* window_;
  std::uint64_t begin_ = 0;
  std::uint64_t size_ = 0;
};

/// A number of as many bytes as the view has, at most eight.
std::uint64_t number_in(ByteView bytes, Order order);

}  // namespace keepsake::media
