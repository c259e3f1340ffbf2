// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/dice.h"

#include <algorithm>
#include <cstring>

namespace keepsake::simulate {

std::uint64_t Dice::roll() {
  state_ += step;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

void Dice::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const std::uint64_t word = roll();
    const std::size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(bytes.data(), &word, count);
    bytes = bytes.subspan(count);
  }
}

std::uint64_t seed_of(std::uint64_t seed, std::uint64_t index) {
  return Dice(seed ^ (index * 0xD1342543DE82EF95U)).roll();
}

}  // namespace keepsake::simulate
