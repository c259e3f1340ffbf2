// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/folders.h"

#include "destination/vault/places.h"

#include <algorithm>
#include <set>

namespace keepsake::destination::in_vault {

namespace {

constexpr std::size_t most_folders = 32;
constexpr std::size_t most_nodes = 20'000;  ///< in all remembered folders but the last one

bool by_name(const vault::Node& a, const vault::Node& b) { return a.name < b.name; }

}  // namespace

void Folders::forget() {
  const std::scoped_lock lock(mutex_);
  read_.clear();
}

Result<Nodes> Folders::read(const vault::BlobId& tree) {
  {
    const std::scoped_lock lock(mutex_);
    const auto known = std::find_if(
        read_.begin(), read_.end(), [&](const auto& entry) { return entry.first == tree; });
    if (known != read_.end()) {
      read_.splice(read_.begin(), read_, known);
      return read_.front().second;
    }
  }
  auto nodes = TRY(repository_.read_tree(tree));
  if (!std::is_sorted(nodes.begin(), nodes.end(), by_name))
    std::sort(nodes.begin(), nodes.end(), by_name);
  auto shared = std::make_shared<const std::vector<vault::Node>>(std::move(nodes));
  const std::scoped_lock lock(mutex_);
  read_.emplace_front(tree, shared);
  std::size_t count = 0;
  std::size_t kept = 0;
  for (auto entry = read_.begin(); entry != read_.end(); ++kept) {
    count += entry->second->size();
    const bool drop = kept > 0 && (count > most_nodes || kept >= most_folders);
    entry = drop ? read_.erase(entry) : std::next(entry);
  }
  return shared;
}

Result<std::optional<vault::Node>> Folders::find(const vault::BlobId& tree,
                                                 std::string_view place) {
  auto folder = tree;
  for (;;) {
    const auto name = place.substr(0, place.find('/'));
    const auto nodes = TRY(read(folder));
    const auto found = std::lower_bound(
        nodes->begin(), nodes->end(), name, [](const vault::Node& node, std::string_view wanted) {
          return node.name < wanted;
        });
    if (found == nodes->end() || found->name != name) return std::nullopt;
    if (name.size() == place.size()) return *found;
    if (!found->subtree) return std::nullopt;
    folder = *found->subtree;
    place.remove_prefix(name.size() + 1);
  }
}

Result<std::vector<std::string>> Folders::names_in(const vault::BlobId& tree,
                                                   std::string_view place) {
  std::vector<std::string> names;
  const auto folder = TRY(find(tree, place));
  if (!folder || !folder->subtree) return names;
  const auto nodes = TRY(read(*folder->subtree));
  for (const vault::Node& node : *nodes) names.push_back(node.name);
  return names;
}

Result<std::vector<std::string>> Folders::sources(const vault::BlobId& tree) {
  std::set<std::string> names;
  for (const auto top : {photos_folder, own_folder}) {
    const auto here = TRY(names_in(tree, top));
    names.insert(here.begin(), here.end());
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace keepsake::destination::in_vault
