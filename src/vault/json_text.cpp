// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/json_text.h"

#include "vault/runes.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace keepsake::vault {

namespace {

/// The escape of a byte of ASCII; nothing when it stands for itself.
std::string_view short_escape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

bool needs_code(char32_t rune) {
  return rune < 0x20 || rune == U'<' || rune == U'>' || rune == U'&' || rune == 0x2028 ||
         rune == 0x2029;
}

}  // namespace

void append_json(std::string& json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    const Rune next = first_rune(text);
    const auto bytes = text.substr(0, next.length);
    if (!next.value)
      json += "\\ufffd";
    else if (const auto escape = short_escape(bytes.front()); !escape.empty())
      json += escape;
    else if (needs_code(*next.value))
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(*next.value));
    else
      json += bytes;
    text.remove_prefix(next.length);
  }
  json += '"';
}

}  // namespace keepsake::vault
