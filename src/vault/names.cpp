// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "vault/runes.h"
#include "vault/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace keepsake::vault {

namespace {

/// Go's names for bytes (strconv.Quote).
constexpr std::array<std::pair<char, char>, 9> letters{{{'a', '\a'},
                                                        {'b', '\b'},
                                                        {'f', '\f'},
                                                        {'n', '\n'},
                                                        {'r', '\r'},
                                                        {'t', '\t'},
                                                        {'v', '\v'},
                                                        {'\\', '\\'},
                                                        {'"', '"'}}};

/// Runes that Go does not take for printable and that names are likely to have: invisible ones,
/// blanks, marks of direction, private ones. Others that it would escape too are left as they are:
/// every reader takes them, and nothing but the bytes of a tree depends on it.
constexpr std::array<std::pair<char32_t, char32_t>, 12> escaped_runes{{{0x80, 0xa0},
                                                                       {0xad, 0xad},
                                                                       {0x61c, 0x61c},
                                                                       {0x180e, 0x180e},
                                                                       {0x2000, 0x200f},
                                                                       {0x2028, 0x202f},
                                                                       {0x205f, 0x206f},
                                                                       {0x3000, 0x3000},
                                                                       {0xe000, 0xf8ff},
                                                                       {0xfeff, 0xfeff},
                                                                       {0xfff0, 0xfffb},
                                                                       {0xf0000, 0x10ffff}}};

bool is_escaped(char32_t rune) {
  return std::any_of(escaped_runes.begin(), escaped_runes.end(), [&](const auto& range) {
    return rune >= range.first && rune <= range.second;
  });
}

void append_quoted(std::string& quoted, const Rune& rune, std::string_view bytes) {
  const auto byte = static_cast<unsigned char>(bytes.front());
  const auto letter = std::find_if(letters.begin(), letters.end(), [&](const auto& each) {
    return each.second == bytes.front();
  });
  const auto out = std::back_inserter(quoted);
  if (letter != letters.end()) {
    quoted += '\\';
    quoted += letter->first;
  } else if (!rune.value || *rune.value < 0x20 || *rune.value == 0x7f) {
    fmt::format_to(out, "\\x{:02x}", byte);
  } else if (is_escaped(*rune.value)) {
    const auto value = static_cast<std::uint32_t>(*rune.value);
    if (value < 0x10000)
      fmt::format_to(out, "\\u{:04x}", value);
    else
      fmt::format_to(out, "\\U{:08x}", value);
  } else {
    quoted += bytes;
  }
}

tl::unexpected<Error> unreadable() {
  return fail(Cause::corrupt, "a name is not written as names in trees are");
}

/// Takes so many digits off the front.
std::optional<std::uint32_t> take_number(std::string_view& text, std::size_t digits, int base) {
  if (text.size() < digits) return std::nullopt;
  std::uint32_t value = 0;
  const auto* const end = text.data() + digits;
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

/// Takes one escape, without its backslash, off the front.
Result<> unescape(std::string& raw, std::string_view& rest) {
  if (rest.empty()) return unreadable();
  const char kind = rest.front();
  const auto* const letter = std::find_if(
      letters.begin(), letters.end(), [&](const auto& each) { return each.first == kind; });
  if (letter != letters.end()) {
    raw += letter->second;
    rest.remove_prefix(1);
    return {};
  }
  if (kind >= '0' && kind <= '7') {
    const auto byte = take_number(rest, 3, 8);
    if (!byte || *byte > 255) return unreadable();
    raw += static_cast<char>(*byte);
    return {};
  }
  const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (digits == 0) return unreadable();
  rest.remove_prefix(1);
  const auto value = take_number(rest, digits, 16);
  if (!value) return unreadable();
  if (kind == 'x') {
    raw += static_cast<char>(*value);
    return {};
  }
  if (*value > 0x10ffff || (*value >= 0xd800 && *value <= 0xdfff)) return unreadable();
  append_utf8(raw, *value);
  return {};
}

}  // namespace

std::string quoted_name(std::string_view raw) {
  std::string quoted;
  quoted.reserve(raw.size());
  while (!raw.empty()) {
    const Rune rune = first_rune(raw);
    append_quoted(quoted, rune, raw.substr(0, rune.length));
    raw.remove_prefix(rune.length);
  }
  return quoted;
}

Result<std::string> unquoted_name(std::string_view quoted) {
  std::string raw;
  raw.reserve(quoted.size());
  while (!quoted.empty()) {
    const char c = quoted.front();
    if (c == '"' || c == '\n') return unreadable();
    quoted.remove_prefix(1);
    if (c == '\\')
      TRY(unescape(raw, quoted));
    else
      raw += c;
  }
  return raw;
}

}  // namespace keepsake::vault
