// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/http.h"

#include "base/text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

namespace {

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return lower_case(a) == lower_case(b);
}

/// The value of `name` in "name=value; other=value"; values may hold '=' themselves.
std::optional<std::string> cookie_in(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    const auto pair = trimmed(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    auto value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return std::nullopt;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& header) { return equal_but_for_case(header.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  for (const auto& [header, value] : headers) {
    if (!equal_but_for_case(header, "Cookie")) continue;
    if (auto found = cookie_in(value, name)) return found;
  }
  return std::nullopt;
}

std::string Request::parameter(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

}  // namespace keepsake::simulate::icloud
