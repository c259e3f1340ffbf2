// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::vault {

/// What stands at the front of a text: a rune of valid UTF-8, or one byte that is none.
struct Rune {
  std::optional<char32_t> value;
  std::size_t length = 1;
};

/// `text` is not empty.
constexpr Rune first_rune(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {.value = lead, .length = 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return {};
  char32_t value = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {};
    value = value << 6U | (byte(i) & 0x3fU);
  }
  const bool too_long = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (too_long || surrogate || value > 0x10ffff) return {};
  return {.value = value, .length = length};
}

/// `rune` is a valid one: no surrogate, at most 0x10ffff.
inline void append_utf8(std::string& text, char32_t rune) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80U | (rune >> shift & 0x3fU));
  };
  if (rune < 0x80) {
    text += static_cast<char>(rune);
  } else if (rune < 0x800) {
    text += static_cast<char>(0xc0U | rune >> 6U);
    tail(0);
  } else if (rune < 0x10000) {
    text += static_cast<char>(0xe0U | rune >> 12U);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0U | rune >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace keepsake::vault
