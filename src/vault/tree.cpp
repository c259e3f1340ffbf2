// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tree.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "vault/blob.h"
#include "vault/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

constexpr std::size_t most_faults = 20;
constexpr std::uint32_t mode_of_files = 0600;
constexpr std::uint32_t mode_of_folders = (std::uint32_t{1} << 31U) | 0700;  // Go's bit of folders

/// A node as it stands there, and what is wrong with it.
class NodeReader {
 public:
  Result<Node> read(const json::object& object) {
    for (const auto [key, value] : object)
      if (!value.is_null()) TRY(take(key, value));
    if (target_bytes_) node_.link_target = *std::move(target_bytes_);
    return std::move(node_);
  }

  /// What is wrong with the node read before.
  [[nodiscard]] std::optional<std::string> fault(const Node& node) const {
    const auto name = shown(node.name);
    if (node.name.empty()) return "a node has no name";
    if (node.name == "." || node.name == ".." || node.name.find('/') != std::string::npos ||
        node.name.find('\0') != std::string::npos)
      return fmt::format("a node is called \"{}\", which no file may be", name);
    if (!type_is_known_) return fmt::format("\"{}\" is of a type that nobody knows", name);
    if (node.type == Node::Type::file && !has_content_)
      return fmt::format("the file \"{}\" has no list of blobs", name);
    if (node.type == Node::Type::dir && (!node.subtree || *node.subtree == BlobId{}))
      return fmt::format("the folder \"{}\" has no tree", name);
    return std::nullopt;
  }

 private:
  Result<> take(std::string_view key, const json::element& value) {
    if (key == "name") {
      const auto quoted = TRY(json::text(value, key));
      node_.name = TRY(unquoted_name(quoted));
    } else if (key == "type") {
      const auto type = TRY(json::text(value, key));
      take_type(type);
    } else if (key == "mode") {
      const auto mode = TRY(json::number(value, key));
      if (mode > std::numeric_limits<std::uint32_t>::max())
        return fail(Cause::corrupt, "a node's \"mode\" is {}, too large", mode);
      node_.mode = static_cast<std::uint32_t>(mode);
    } else if (key == "mtime") {
      node_.modified = TRY(json::text(value, key));
    } else if (key == "size") {
      node_.size.value = TRY(json::number(value, key));
    } else if (key == "content") {
      return take_content(value);
    } else if (key == "subtree") {
      node_.subtree = TRY(json::digest(value, key));
    } else if (key == "linktarget") {
      node_.link_target = TRY(json::text(value, key));
    } else if (key == "linktarget_raw") {
      const auto bytes = TRY(json::base64(value, key));
      target_bytes_ = std::string(text_of(bytes));
    }
    return {};
  }

  void take_type(std::string_view type) {
    node_.type = Node::Type::other;
    type_is_known_ = true;
    if (type == "file")
      node_.type = Node::Type::file;
    else if (type == "dir")
      node_.type = Node::Type::dir;
    else if (type == "symlink")
      node_.type = Node::Type::symlink;
    else
      type_is_known_ = type == "dev" || type == "chardev" || type == "fifo" || type == "socket";
  }

  Result<> take_content(const json::element& value) {
    const auto ids = TRY(json::list(value, "content"));
    node_.content.reserve(ids.size());
    for (const auto each : ids) {
      const auto id = TRY(json::digest(each, "content"));
      node_.content.push_back(id);
    }
    has_content_ = true;
    return {};
  }

  Node node_{.name = {},
             .type = Node::Type::other,
             .mode = 0,
             .modified = {},
             .size = {},
             .content = {},
             .subtree = {},
             .link_target = {}};
  std::optional<std::string> target_bytes_;
  bool type_is_known_ = false;
  bool has_content_ = false;
};

void note(TreeFaults* faults, std::string fault) {
  if (faults != nullptr && faults->size() < most_faults) faults->push_back(std::move(fault));
}

void check_order(const std::vector<Node>& nodes, TreeFaults* faults) {
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const int order = nodes[i - 1].name.compare(nodes[i].name);
    if (order == 0)
      note(faults, fmt::format("\"{}\" stands there twice", shown(nodes[i].name)));
    else if (order > 0)
      note(faults,
           fmt::format("\"{}\" stands behind \"{}\", out of order",
                       shown(nodes[i].name),
                       shown(nodes[i - 1].name)));
  }
}

void append_content(std::string& json, std::span<const BlobId> content) {
  json += '[';
  for (const BlobId& id : content) {
    if (&id != content.data()) json += ',';
    json += '"';
    json += id.hex();
    json += '"';
  }
  json += ']';
}

void append_node(std::string& json, const Node& node) {
  const bool is_file = node.type == Node::Type::file;
  json += R"({"name":)";
  append_json(json, quoted_name(node.name));
  fmt::format_to(std::back_inserter(json),
                 R"(,"type":"{}","mode":{},"mtime":"{}","atime":"{}","ctime":"{}","uid":0,"gid":0)",
                 is_file ? "file" : "dir",
                 is_file ? mode_of_files : mode_of_folders,
                 node.modified,
                 node.modified,
                 node.modified);
  if (is_file && node.size.value > 0)
    fmt::format_to(std::back_inserter(json), R"(,"size":{})", node.size.value);
  json += R"(,"content":)";
  if (is_file)
    append_content(json, node.content);
  else
    json += "null";
  if (node.subtree) {
    json += R"(,"subtree":")";
    json += node.subtree->hex();
    json += '"';
  }
  json += '}';
}

}  // namespace

Result<std::vector<Node>> parse_tree(std::string_view text, TreeFaults* faults) {
  const auto document = TRY(json::Document::parse(text, max_tree_json));
  std::vector<Node> nodes;
  std::optional<json::element> field;
  for (const auto [key, value] : document.root())
    if (key == "nodes") field = value;
  if (!field) return fail(Cause::corrupt, "it is no tree: its \"nodes\" are missing");
  if (field->is_null()) return nodes;  // so did old programs write an empty folder
  const auto list = TRY(json::list(*field, "nodes"));
  nodes.reserve(list.size());
  for (const auto each : list) {
    json::object object;
    if (each.get(object) != simdjson::SUCCESS)
      return fail(Cause::corrupt, "one of its nodes is no object");
    NodeReader reader;
    auto node = TRY(reader.read(object));
    if (auto fault = reader.fault(node)) note(faults, *std::move(fault));
    nodes.push_back(std::move(node));
  }
  check_order(nodes, faults);
  return nodes;
}

std::string to_tree_json(std::span<const Node> nodes) {
  std::string json = R"({"nodes":[)";
  for (const Node& node : nodes) {
    if (&node != nodes.data()) {
      const bool in_order = (&node - 1)->name < node.name;
      expect(in_order, "the nodes of a tree are given in order");
      json += ',';
    }
    append_node(json, node);
  }
  return json + "]}\n";
}

std::string node_time(Instant instant) {
  using std::chrono::sys_days;
  using std::chrono::year;
  constexpr Instant first = sys_days(year(0) / 1 / 1);
  constexpr Instant last = sys_days(year(10000) / 1 / 1) - std::chrono::milliseconds(1);
  const auto time = std::clamp(instant, first, last);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                          static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()),
                          clock.hours().count(),
                          clock.minutes().count(),
                          clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += fmt::format(".{:03}", clock.subseconds().count());
    while (text.back() == '0') text.pop_back();
  }
  return text + 'Z';
}

std::optional<Instant> instant_of(std::string_view node_time) {
  const auto time = parse_rfc3339(node_time);
  // Here an unknown zone is that of UTC, as it is for Go.
  if (time && time->zone == ZoneKnown::wall_only) return Instant(time->wall.time_since_epoch());
  return time ? keepsake::instant_of(*time) : std::nullopt;
}

}  // namespace keepsake::vault
