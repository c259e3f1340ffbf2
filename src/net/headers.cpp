// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/headers.h"

#include "base/text.h"

namespace keepsake::net {

namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && lower_case(left) == lower_case(right);
}

}  // namespace

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(lines_, [&](const Line& line) { return same_name(line.name, name); });
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  lines_.push_back({std::string(name), std::string(value)});
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Line& line : lines_)
    if (same_name(line.name, name)) return line.value;
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Line& line : lines_)
    if (same_name(line.name, name)) values.emplace_back(line.value);
  return values;
}

}  // namespace keepsake::net
