// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/albums.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t deepest = 64;  // folders in folders; more is a circle

std::optional<photo::AlbumPath> path_of(std::string_view name,
                                        const LibraryMemory::Albums& albums) {
  const auto album = albums.find(name);
  if (album == albums.end() || album->second.kind != AlbumRecord::Kind::album ||
      album->second.title.empty())
    return std::nullopt;
  photo::AlbumPath path{{album->second.title}};
  auto folder = albums.find(album->second.parent);
  while (folder != albums.end() && !is_root_folder(folder->first) && path.parts.size() < deepest) {
    if (!folder->second.title.empty()) path.parts.push_back(folder->second.title);
    folder = albums.find(folder->second.parent);
  }
  std::reverse(path.parts.begin(), path.parts.end());
  return path;
}

}  // namespace

bool is_root_folder(std::string_view name) {
  return name == "----Root-Folder----" || name == "----Project-Root-Folder----";
}

std::vector<photo::AlbumPath> paths_of(const std::vector<std::string>& names,
                                       const LibraryMemory::Albums& albums) {
  std::vector<photo::AlbumPath> paths;
  for (const std::string& name : names)
    if (auto path = path_of(name, albums)) paths.push_back(*std::move(path));
  std::sort(paths.begin(), paths.end(), [](const auto& left, const auto& right) {
    return std::tie(left.parts.back(), left.parts) < std::tie(right.parts.back(), right.parts);
  });
  return paths;
}

}  // namespace keepsake::source::icloud
