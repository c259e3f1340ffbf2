// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A TOML file as settings need it: entries at its top, tables of the form `[group.name]`, and
/// where each stands, so that the text can be edited around everything that a person wrote.
namespace keepsake::config {

/// Any other kind of value, or a table where none belongs.
struct Other {};

using Value = std::variant<std::string, std::int64_t, std::vector<std::string>, Other>;

/// A stretch of the text in bytes, and the line it begins on, counted from 1.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t line = 0;
};

/// `key = value`; the place is that of the value.
struct Entry {
  std::string key;
  Value value;
  Stretch place;
};

struct Table {
  std::string group;
  std::string name;
  Stretch place;              ///< of its header, or of whatever made it a table
  bool stands_alone = false;  ///< under a line `[group.name]` of its own, with no table inside
  std::vector<Entry> entries;
};

struct Document {
  std::vector<Entry> entries;  ///< in no certain order
  std::vector<Table> tables;   ///< sorted by group and name
  std::optional<std::size_t> first_header;
};

/// Causes: invalid, `where` being the number of the line.
Result<Document> read_document(std::string_view text);

/// The text with `key = value` at its top, in place of the old value if there is one. `value` is
/// TOML. Causes: invalid.
Result<std::string> with_entry(std::string_view text, std::string_view key, std::string_view value);

/// The text with a table, which is TOML, at its end.
std::string with_table(std::string_view text, std::string_view table);

/// The text without a table and without the comment that stands directly above it; a comment after
/// its last entry stays. Causes: invalid, not_found, unsupported (it does not stand alone).
Result<std::string> without_table(std::string_view text,
                                  std::string_view group,
                                  std::string_view name);

/// Text as a TOML string on one line, quotes included.
std::string toml_text(std::string_view text);

}  // namespace keepsake::config
