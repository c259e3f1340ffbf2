// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/check_trees.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "vault/blob.h"
#include "vault/check.h"
#include "vault/repository.h"
#include "vault/snapshot.h"
#include "vault/tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

/// Deeper folders than any file system's paths have room for.
constexpr std::size_t deepest = 4096;

void append(std::string& path, std::string_view name) {
  if (!path.empty()) path += '/';
  path += name;
}

/// What a file's blobs have in all, as the index says; nothing when one is in no index.
std::optional<std::uint64_t> indexed_size(const Repository& repository, const Node& file) {
  std::uint64_t size = 0;
  for (const BlobId& id : file.content) {
    const auto found = repository.index().find(BlobKind::data, id);
    if (!found) return std::nullopt;
    size += plain_length_of(found->place);
  }
  return size;
}

}  // namespace

TreeCheck::TreeCheck(const Repository& repository, const BlobSet& lost, CheckReport& report)
    : repository_(repository), lost_(lost), report_(report), seen_(repository.index().numbers()) {}

Result<> TreeCheck::look_at(std::span<const Snapshot> snapshots, const std::stop_token& stop) {
  for (const Snapshot& snapshot : snapshots) TRY(look_below(snapshot, stop));
  for (const BlobId& id : missing_) report_.lost_blobs.emplace_back(BlobKind::data, id);
  for (const BlobId& id : seen_outside_) report_.lost_blobs.emplace_back(BlobKind::tree, id);
  return {};
}

Result<> TreeCheck::look_below(const Snapshot& snapshot, const std::stop_token& stop) {
  snapshot_ = snapshot.id;
  path_.clear();
  TRY(enter(snapshot.tree));
  while (!levels_.empty()) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    Level& level = levels_.back();
    path_.resize(level.path_size);
    if (level.next == level.nodes.size()) {
      leave();
      continue;
    }
    const Node& node = level.nodes[level.next++];
    append(path_, node.name);
    if (node.type == Node::Type::file && !look_at_file(node)) level.suffers = true;
    if (node.type != Node::Type::dir) continue;
    if (node.subtree)
      TRY(enter(BlobId(*node.subtree)));
    else
      level.suffers = true;
  }
  return {};
}

/// Goes into a tree, or tells the one above it when it suffers.
Result<> TreeCheck::enter(const BlobId& tree) {
  if (!is_new(tree)) {
    if (suffering_.contains(tree)) suffer();
    return {};
  }
  const auto thing = fmt::format("tree {}", tree.hex());
  const bool is_indexed = repository_.index().contains(BlobKind::tree, tree);
  auto bytes = repository_.read_blob(BlobKind::tree, tree);
  if (!bytes && bytes.error().cause == Cause::absent) return fail(std::move(bytes).error());
  TreeFaults faults;
  auto nodes = bytes ? parse_tree(text_of(*bytes), &faults)
                     : Result<std::vector<Node>>(fail(std::move(bytes).error()));
  if (nodes && levels_.size() == deepest)
    nodes = fail(Cause::unsupported, "its folders are nested too deeply");
  if (!nodes) {
    const auto kind = is_indexed ? Finding::Kind::damaged : Finding::Kind::missing;
    const auto what = is_indexed ? nodes.error().message() : std::string("it is in no index");
    add_finding(kind, thing, fmt::format("{}; it is {}", what, place()));
    suffering_.insert(tree);
    unreadable_.insert(tree);
    suffer();
    return {};
  }
  for (const std::string& fault : faults)
    add_finding(Finding::Kind::damaged, thing, fmt::format("{}; it is {}", fault, place()));
  levels_.push_back({.tree = tree,
                     .nodes = *std::move(nodes),
                     .next = 0,
                     .path_size = path_.size(),
                     .suffers = false});
  return {};
}

bool TreeCheck::is_new(const BlobId& tree) {
  const auto number = repository_.index().number_of(BlobKind::tree, tree);
  if (!number) return seen_outside_.insert(tree).second;
  if (seen_[*number]) return false;
  seen_[*number] = true;
  return true;
}

/// Whether it is right.
bool TreeCheck::look_at_file(const Node& file) {
  const auto thing = fmt::format("tree {}", levels_.back().tree.hex());
  bool is_right = true;
  for (const BlobId& id : file.content) {
    if (lost_.contains(id)) is_right = false;
    if (repository_.index().contains(BlobKind::data, id)) continue;
    is_right = false;
    if (missing_.insert(id).second)
      add_finding(Finding::Kind::missing,
                  fmt::format("blob {}", id.hex()),
                  fmt::format("it is in no index; needed by {}", place()));
  }
  const auto size = indexed_size(repository_, file);
  if (!size || *size == file.size.value) return is_right;
  add_finding(Finding::Kind::damaged,
              thing,
              fmt::format("the file \"{}\" should have {} bytes, and its blobs have {}; it is {}",
                          shown(file.name),
                          file.size.value,
                          *size,
                          place()));
  // The index may be wrong where the blobs are right.
  return is_right && repository_.open_file(file).has_value();
}

void TreeCheck::leave() {
  const bool suffered = levels_.back().suffers;
  if (suffered) suffering_.insert(levels_.back().tree);
  levels_.pop_back();
  if (suffered) suffer();
}

void TreeCheck::suffer() {
  if (!levels_.empty()) levels_.back().suffers = true;
}

bool TreeCheck::suffers(const Node& file) {
  const bool lacks_blobs =
      std::any_of(file.content.begin(), file.content.end(), [&](const BlobId& id) {
        return lost_.contains(id) || missing_.contains(id);
      });
  if (lacks_blobs) return true;
  return indexed_size(repository_, file) != file.size.value && !repository_.open_file(file);
}

Result<> TreeCheck::find_broken_paths(std::span<const Snapshot> snapshots,
                                      const std::stop_token& stop) {
  for (std::size_t i = snapshots.size(); i-- > 0;) TRY(list_below(snapshots[i], stop));
  return {};
}

Result<> TreeCheck::list_below(const Snapshot& snapshot, const std::stop_token& stop) {
  path_.clear();
  if (suffering_.contains(snapshot.tree)) TRY(enter_suffering(snapshot.id, snapshot.tree));
  while (!levels_.empty()) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
    Level& level = levels_.back();
    path_.resize(level.path_size);
    if (level.next == level.nodes.size()) {
      levels_.pop_back();
      continue;
    }
    const Node& node = level.nodes[level.next++];
    append(path_, node.name);
    if (node.type == Node::Type::file && suffers(node)) add_broken(snapshot.id);
    if (node.type != Node::Type::dir) continue;
    if (!node.subtree)
      add_broken(snapshot.id);
    else if (suffering_.contains(*node.subtree))
      TRY(enter_suffering(snapshot.id, BlobId(*node.subtree)));
  }
  return {};
}

Result<> TreeCheck::enter_suffering(const FileId& snapshot, const BlobId& tree) {
  auto nodes = unreadable_.contains(tree) ? Result<std::vector<Node>>(std::vector<Node>())
                                          : repository_.read_tree(tree);
  if (!nodes && nodes.error().cause == Cause::absent) return fail(std::move(nodes).error());
  if (!nodes || unreadable_.contains(tree)) {
    add_broken(snapshot);
    return {};
  }
  levels_.push_back({.tree = tree,
                     .nodes = *std::move(nodes),
                     .next = 0,
                     .path_size = path_.size(),
                     .suffers = true});
  return {};
}

void TreeCheck::add_broken(const FileId& snapshot) {
  if (report_.broken_paths.size() < max_broken_paths)
    report_.broken_paths.push_back({.snapshot = snapshot, .path = path_});
}

void TreeCheck::add_finding(Finding::Kind kind, std::string thing, std::string message) {
  report_.findings.push_back(
      {.kind = kind, .thing = std::move(thing), .message = std::move(message)});
}

std::string TreeCheck::place() const {
  return fmt::format("\"{}\" of snapshot {}", path_.empty() ? "/" : shown(path_), snapshot_.hex());
}

}  // namespace keepsake::vault
