// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "vault/blob.h"
#include "vault/repository.h"
#include "vault/tree.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

using Take = std::function<Result<>(const std::string& path, const Node& node)>;
using Broken = std::function<Result<>(const std::string& path, const Error& error)>;

/// Deeper folders than any file system's paths have room for.
constexpr std::size_t deepest = 4096;

/// A folder that the walk is in.
struct Level {
  std::vector<Node> nodes;
  std::size_t next = 0;
  std::size_t path_size = 0;  ///< of the folder's own path
};

class Walk {
 public:
  Walk(const Repository& repository, const Take& take, const Broken& broken)
      : repository_(repository), take_(take), broken_(broken) {}

  Result<> run(const BlobId& root, const std::stop_token& stop) {
    TRY(enter(root));
    while (!levels_.empty()) {
      if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
      Level& level = levels_.back();
      path_.resize(level.path_size);
      if (level.next == level.nodes.size()) {
        levels_.pop_back();
        continue;
      }
      const Node node = std::move(level.nodes[level.next++]);
      if (!path_.empty()) path_ += '/';
      path_ += node.name;
      TRY(take_(path_, node));
      if (node.type == Node::Type::dir) TRY(enter_folder(node));
    }
    return {};
  }

 private:
  Result<> enter_folder(const Node& node) {
    if (!node.subtree)
      return broken_(path_, Error{Cause::corrupt, "the folder has no tree", {}, Scope::asset});
    return enter(*node.subtree);
  }

  Result<> enter(const BlobId& tree) {
    if (levels_.size() == deepest)
      return broken_(path_, Error{Cause::unsupported, "it is too deep", {}, Scope::asset});
    auto nodes = repository_.read_tree(tree);
    if (nodes) {
      levels_.push_back({.nodes = *std::move(nodes), .next = 0, .path_size = path_.size()});
      return {};
    }
    if (nodes.error().cause == Cause::absent) return fail(std::move(nodes).error());
    return broken_(path_, nodes.error());
  }

  const Repository& repository_;
  const Take& take_;
  const Broken& broken_;
  std::vector<Level> levels_;
  std::string path_;
};

}  // namespace

Result<> Repository::walk(
    const BlobId& tree,
    const std::function<Result<>(const std::string& path, const Node& node)>& take,
    const std::function<Result<>(const std::string& path, const Error& error)>& broken,
    const std::stop_token& stop) const {
  return Walk(*this, take, broken).run(tree, stop);
}

Result<std::optional<Node>> Repository::find(const BlobId& tree, std::string_view path) const {
  BlobId folder = tree;
  for (;;) {
    const auto slash = path.find('/');
    const auto name = path.substr(0, slash);
    auto nodes = TRY(read_tree(folder));
    const auto node = std::find_if(
        nodes.begin(), nodes.end(), [&](const Node& each) { return each.name == name; });
    if (node == nodes.end()) return std::nullopt;
    if (slash == std::string_view::npos) return std::move(*node);
    if (node->type != Node::Type::dir) return std::nullopt;
    if (!node->subtree)
      return fail(Cause::corrupt, "the folder \"{}\" has no tree", shown(node->name));
    folder = *node->subtree;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace keepsake::vault
