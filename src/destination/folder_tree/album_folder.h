// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/folder_tree/folder_tree.h"
#include "os/folder.h"

#include <span>
#include <string>

namespace keepsake::destination::tree {

/// Albums as people see them in a file manager: a folder of links to the kept files, or, where the
/// file system has no links, a text list of their paths. What is not ours in such a folder stays.
class AlbumFolder {
 public:
  explicit AlbumFolder(os::Folder& folder) : folder_(folder) {}

  /// `album` is its folder below the tree's root; its list, where one is needed, is `album`.txt.
  Result<> show(const RelativePath& album, std::span<const AlbumFile> files, Albums how);

 private:
  Result<> show_links(const RelativePath& album, std::span<const AlbumFile> files);
  Result<> show_list(const RelativePath& album, std::span<const AlbumFile> files);

  os::Folder& folder_;
};

}  // namespace keepsake::destination::tree
