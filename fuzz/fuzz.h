// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace keepsake::fuzz {

inline ByteView bytes(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return text_of(bytes(data, size));
}

/// Stops where something does not hold, so that the fuzzer keeps the input.
inline void must(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace keepsake::fuzz
