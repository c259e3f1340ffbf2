// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/tree_edit.h"

#include "base/text.h"
#include "destination/vault/places.h"

#include <algorithm>
#include <set>

namespace keepsake::destination::in_vault {

namespace {

constexpr std::uint32_t folder_mode = 0x80000000U | 0700U;
constexpr std::uint32_t file_mode = 0600;

/// Folders of equal content are one blob, whenever they were made.
constexpr std::string_view folder_time = "1980-01-01T00:00:00Z";

vault::Node folder_node(std::string name, const vault::BlobId& tree) {
  vault::Node node;
  node.name = std::move(name);
  node.type = vault::Node::Type::dir;
  node.mode = folder_mode;
  node.modified = folder_time;
  node.subtree = tree;
  return node;
}

}  // namespace

Error needs_repair(const Error& damage) {
  return {Cause::corrupt,
          "the list of what the vault holds is damaged: " + damage.message() +
              ". Nothing is lost by this run; to repair the vault, run: keepsake verify --repair",
          {},
          Scope::destination};
}

void TreeEdit::put(std::string_view place, vault::Node file) {
  file.name = name_of(place);
  file.mode = file_mode;
  folder_at(folder_of(place)).entries[file.name] = std::move(file);
}

void TreeEdit::remove(std::string_view place) {
  folder_at(folder_of(place)).entries[std::string(name_of(place))] = std::nullopt;
}

TreeEdit::Folder& TreeEdit::folder_at(std::string_view place) {
  Folder* folder = &root_;
  while (!place.empty()) {
    const auto name = place.substr(0, place.find('/'));
    folder = &folder->folders[std::string(name)];
    place.remove_prefix(std::min(place.size(), name.size() + 1));
  }
  return *folder;
}

class TreeEdit::Work {
 public:
  Work(Folders& folders, vault::Writer& writer, Care care, std::vector<std::string>& warnings)
      : folders_(folders), writer_(writer), care_(care), warnings_(warnings) {}

  Result<std::optional<vault::BlobId>> apply(const std::string& place,
                                             const std::optional<vault::BlobId>& base,
                                             const Folder& edit) {
    std::vector<vault::Node> nodes;
    if (base) nodes = TRY(nodes_of(place, *base));
    std::set<std::string_view> changed;
    for (const auto& [name, entry] : edit.entries) changed.insert(name);
    std::vector<vault::Node> result;
    std::map<std::string, std::optional<vault::BlobId>> subtrees;  // before, of changed folders
    for (vault::Node& node : nodes) {
      const bool visit = node.subtree && (care_ == Care::after_damage || !is_there(*node.subtree));
      if (changed.contains(node.name)) continue;
      if (edit.folders.contains(node.name) || visit) {
        subtrees[node.name] = node.subtree;
      } else {
        result.push_back(std::move(node));
      }
    }
    for (const auto& [name, folder] : edit.folders) subtrees.try_emplace(name, std::nullopt);
    const Folder unchanged;
    for (const auto& [name, subtree] : subtrees) {
      const auto within = edit.folders.find(name);
      const auto tree = TRY(apply(fmt::format("{}/{}", place, name),
                                  subtree,
                                  within == edit.folders.end() ? unchanged : within->second));
      if (tree) result.push_back(folder_node(name, *tree));
    }
    for (const auto& [name, entry] : edit.entries)
      if (entry) result.push_back(*entry);
    if (result.empty()) return std::nullopt;
    std::sort(result.begin(), result.end(), [](const vault::Node& a, const vault::Node& b) {
      return a.name < b.name;
    });
    const auto id = TRY(writer_.put(vault::BlobKind::tree, bytes_of(vault::to_tree_json(result))));
    return id;
  }

 private:
  [[nodiscard]] bool is_there(const vault::BlobId& tree) const {
    return writer_.knows(vault::BlobKind::tree, tree);
  }

  Result<std::vector<vault::Node>> nodes_of(const std::string& place, const vault::BlobId& tree) {
    const auto nodes = folders_.read(tree);
    if (nodes) return **nodes;
    const auto cause = nodes.error().cause;
    if (cause != Cause::corrupt && cause != Cause::not_found) return fail(nodes.error());
    if (care_ == Care::where_changed) return fail(needs_repair(nodes.error()));
    warnings_.push_back(fmt::format("the list of what lies in {} is lost: {}",
                                    place.empty() ? "the vault" : shown(place),
                                    nodes.error().what));
    return std::vector<vault::Node>();
  }

  Folders& folders_;
  vault::Writer& writer_;
  Care care_;
  std::vector<std::string>& warnings_;
};

Result<std::optional<vault::BlobId>> TreeEdit::apply(const std::optional<vault::BlobId>& base,
                                                     Folders& folders,
                                                     vault::Writer& writer,
                                                     Care care,
                                                     std::vector<std::string>& warnings) const {
  return Work(folders, writer, care, warnings).apply({}, base, root_);
}

}  // namespace keepsake::destination::in_vault
