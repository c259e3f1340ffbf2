// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/document.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

namespace keepsake::config {

namespace {

/// Finds bytes where toml++ counts lines and characters, both from 1.
class Positions {
 public:
  explicit Positions(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') lines_.push_back(i + 1);
  }

  [[nodiscard]] Stretch of(const toml::source_region& region) const {
    return {byte_at(region.begin), byte_at(region.end), region.begin.line};
  }

 private:
  [[nodiscard]] std::size_t byte_at(const toml::source_position& position) const {
    if (position.line == 0 || position.line > lines_.size()) return text_.size();
    std::size_t at = lines_[position.line - 1];
    for (toml::source_index column = 1; column < position.column && at < text_.size(); ++column) {
      ++at;
      while (at < text_.size() && is_inside_character(text_[at])) ++at;
    }
    return at;
  }

  static bool is_inside_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
  }

  std::string_view text_;
  std::vector<std::size_t> lines_{0};
};

Value value_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  const auto* list = node.as_array();
  if (list == nullptr || list->is_array_of_tables()) return Other{};
  std::vector<std::string> texts;
  for (const toml::node& element : *list) {
    const auto* text = element.as_string();
    if (text == nullptr) return Other{};
    texts.push_back(text->get());
  }
  return texts;
}

/// Builds the document from toml++'s tree.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), positions_(text) {}

  Document read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      if (const auto* group = node.as_table()) {
        read_group(key.str(), *group);
      } else {
        document_.entries.push_back(entry(key.str(), node));
      }
    }
    return std::move(document_);
  }

 private:
  void read_group(std::string_view name, const toml::table& group) {
    note_header(group);
    for (const auto& [key, node] : group) {
      if (const auto* table = node.as_table()) {
        read_table(name, key.str(), *table);
      } else {
        document_.entries.push_back(entry(fmt::format("{}.{}", name, key.str()), node));
      }
    }
  }

  void read_table(std::string_view group, std::string_view name, const toml::table& table) {
    Table read{std::string(group),
               std::string(name),
               positions_.of(table.source()),
               note_header(table),
               {}};
    for (const auto& [key, node] : table) {
      read.entries.push_back(entry(key.str(), node));
      if (note_header(node)) read.stands_alone = false;
    }
    document_.tables.push_back(std::move(read));
  }

  Entry entry(std::string_view key, const toml::node& node) {
    note_header(node);
    return {std::string(key), value_of(node), positions_.of(node.source())};
  }

  /// Whether the node is a table under a header; the first of all is remembered.
  bool note_header(const toml::node& node) {
    const auto begin = positions_.of(node.source()).begin;
    const bool is_list = node.is_array() && !node.is_array_of_tables();
    if (is_list || begin >= text_.size() || text_[begin] != '[') return false;
    document_.first_header = std::min(document_.first_header.value_or(begin), begin);
    return true;
  }

  std::string_view text_;
  Positions positions_;
  Document document_;
};

}  // namespace

Result<Document> read_document(std::string_view text) {
  try {
    return Reader(text).read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return fail(Error{Cause::invalid,
                      std::string(error.description()),
                      std::to_string(error.source().begin.line),
                      Scope::run});
  }
}

}  // namespace keepsake::config
