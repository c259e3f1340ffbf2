// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

namespace keepsake {

/// The most bytes that may go over a line in a second, as of now; nothing: as many as there are. It
/// is asked again and again, from any thread. An empty function is no limit ever.
using Rate = std::function<std::optional<ByteCount>()>;

/// Keeps to a rate, over everything that asks it. The caller tells the time.
class Meter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Meter(Rate rate) : rate_(std::move(rate)) {}

  /// From when on more may go.
  [[nodiscard]] Time free_at() const { return free_at_; }

  /// How much of so many bytes is to go at once, so that they go evenly: never none.
  [[nodiscard]] std::size_t portion(std::size_t bytes) const;

  /// Takes down that so much went; may only be called at or after `free_at`.
  void take(ByteCount bytes, Time now);

 private:
  [[nodiscard]] std::optional<ByteCount> each_second() const {
    return rate_ ? rate_() : std::nullopt;
  }

  Rate rate_;
  Time free_at_{};
};

}  // namespace keepsake
