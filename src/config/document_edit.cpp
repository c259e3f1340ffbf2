// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/document.h"

#include <fmt/format.h>

#include <algorithm>

namespace keepsake::config {

namespace {

std::size_t line_begin(std::string_view text, std::size_t at) {
  return at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
}

/// The beginning of the next line.
std::size_t line_end(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] == '#';
}

/// Goes up from the beginning of a line over all lines of that kind.
std::size_t above(std::string_view text, std::size_t at, bool (*is_kind)(std::string_view)) {
  while (at > 0) {
    const auto begin = line_begin(text, at - 1);
    if (!is_kind(text.substr(begin, at - begin))) break;
    at = begin;
  }
  return at;
}

std::size_t below(std::string_view text, std::size_t at, bool (*is_kind)(std::string_view)) {
  while (at < text.size() && is_kind(text.substr(at, line_end(text, at) - at)))
    at = line_end(text, at);
  return at;
}

/// Where a new entry at the top belongs: after the last one, else above the first table.
std::size_t place_for_entry(std::string_view text, const Document& document) {
  const auto first_header = document.first_header.value_or(text.size());
  std::size_t last_entry = 0;
  for (const Entry& entry : document.entries)
    if (entry.place.end <= first_header) last_entry = std::max(last_entry, entry.place.end);
  if (last_entry > 0) return line_end(text, last_entry);
  return document.first_header ? above(text, line_begin(text, first_header), is_comment)
                               : text.size();
}

}  // namespace

Result<std::string> with_entry(std::string_view text,
                               std::string_view key,
                               std::string_view value) {
  const auto document = TRY(read_document(text));
  const auto old = std::ranges::find(document.entries, key, &Entry::key);
  if (old != document.entries.end())
    return std::string(text.substr(0, old->place.begin))
        .append(value)
        .append(text.substr(old->place.end));
  const auto at = place_for_entry(text, document);
  std::string edited(text.substr(0, at));
  if (!edited.empty() && !edited.ends_with('\n')) edited += '\n';
  edited += fmt::format("{} = {}\n", key, value);
  const auto rest = text.substr(at);
  const bool needs_gap = !rest.empty() && !is_blank(rest.substr(0, line_end(rest, 0)));
  return edited.append(needs_gap ? "\n" : "").append(rest);
}

std::string with_table(std::string_view text, std::string_view table) {
  std::string edited(text);
  if (!edited.empty() && !edited.ends_with('\n')) edited += '\n';
  if (!edited.empty() && !edited.ends_with("\n\n")) edited += '\n';
  return edited.append(table);
}

Result<std::string> without_table(std::string_view text,
                                  std::string_view group,
                                  std::string_view name) {
  const auto document = TRY(read_document(text));
  const auto table = std::ranges::find_if(document.tables, [&](const Table& candidate) {
    return candidate.group == group && candidate.name == name;
  });
  if (table == document.tables.end())
    return fail(Cause::not_found, "there is no [{}.{}]", group, name);
  if (!table->stands_alone)
    return fail(Cause::unsupported,
                "{}.{} does not stand in one piece under a line of its own; edit it by hand",
                group,
                name);
  auto last = table->place.end;
  for (const Entry& entry : table->entries) last = std::max(last, entry.place.end);
  auto begin = above(text, line_begin(text, table->place.begin), is_comment);
  const auto end = below(text, line_end(text, last), is_blank);
  if (end == text.size()) begin = above(text, begin, is_blank);
  return std::string(text.substr(0, begin)).append(text.substr(end));
}

std::string toml_text(std::string_view text) {
  std::string toml = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      toml += '\\';
      toml += c;
    } else if (code < 0x20 || code == 0x7F) {
      toml += fmt::format("\\u{:04X}", code);
    } else {
      toml += c;
    }
  }
  return toml + '"';
}

}  // namespace keepsake::config
