// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace keepsake::simulate {

/// Chance that is the same on every machine for the same seed (SplitMix64, Steele and others 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t roll();

  /// As if it had been rolled that often already.
  void skip(std::uint64_t rolls) { state_ += rolls * step; }

  /// From 0 up to, but without, `end`.
  std::uint64_t below(std::uint64_t end) { return roll() % end; }

  /// From `low` up to and with `high`.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }

  /// From 0 up to, but without, 1.
  double fraction() { return static_cast<double>(roll() >> 11U) * 0x1.0p-53; }

  /// Bytes that no compression makes smaller.
  void fill(std::span<std::byte> bytes);

 private:
  static constexpr std::uint64_t step = 0x9E3779B97F4A7C15U;

  std::uint64_t state_;
};

/// A seed of its own for the `index`-th thing of a kind, so that each can be made alone.
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t index);

}  // namespace keepsake::simulate
