// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/wording.h"

#include "base/text.h"

#include <cstdint>

namespace keepsake::media {

namespace {

constexpr std::uint32_t replacement = 0xFFFD;

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6U);
    put(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12U);
    put(0x80 | (code >> 6U & 0x3FU));
    put(0x80 | (code & 0x3FU));
  } else {
    put(0xF0 | code >> 18U);
    put(0x80 | (code >> 12U & 0x3FU));
    put(0x80 | (code >> 6U & 0x3FU));
    put(0x80 | (code & 0x3FU));
  }
}

bool is_high_surrogate(std::uint64_t unit) { return unit >= 0xD800 && unit < 0xDC00; }

bool is_low_surrogate(std::uint64_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

std::string from_latin1(std::string_view raw) {
  std::string text;
  for (const char c : raw) append_utf8(text, static_cast<unsigned char>(c));
  return text;
}

}  // namespace

std::string wording(std::string_view raw) {
  const auto text = trimmed(raw.substr(0, raw.find('\0')));
  return is_utf8(text) ? std::string(text) : from_latin1(text);
}

std::string wording_of_utf16(ByteView raw, Order order) {
  std::string text;
  for (std::size_t i = 0; i + 1 < raw.size(); i += 2) {
    const auto unit = number_in(raw.subspan(i, 2), order);
    if (i == 0 && unit == 0xFEFF) continue;
    if (i == 0 && unit == 0xFFFE) {
      order = order == Order::big ? Order::little : Order::big;
      continue;
    }
    if (unit == 0) break;
    auto code = static_cast<std::uint32_t>(unit);
    if (is_high_surrogate(unit) && i + 3 < raw.size()) {
      const auto next = number_in(raw.subspan(i + 2, 2), order);
      if (is_low_surrogate(next)) {
        code = static_cast<std::uint32_t>(0x10000 + ((unit - 0xD800) << 10U) + (next - 0xDC00));
        i += 2;
      }
    }
    append_utf8(text, code >= 0xD800 && code < 0xE000 ? replacement : code);
  }
  return std::string(trimmed(text));
}

std::vector<std::string> pieces(std::string_view text, char separator) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const auto end = text.find(separator);
    const auto piece = trimmed(text.substr(0, end));
    if (!piece.empty()) found.emplace_back(piece);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return found;
}

}  // namespace keepsake::media
