// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <optional>

namespace keepsake::net {

/// A limit on bytes a second, over everything that asks it. Pure: the caller tells the time.
class Bandwidth {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Nothing: no limit.
  explicit Bandwidth(std::optional<ByteCount> each_second) : each_second_(each_second) {}

  /// From when on more may be taken.
  [[nodiscard]] Time free_at() const { return free_at_; }

  /// Takes down that so much came; may only be called at or after `free_at`.
  void take(ByteCount bytes, Time now);

 private:
  std::optional<ByteCount> each_second_;
  Time free_at_{};
};

}  // namespace keepsake::net
