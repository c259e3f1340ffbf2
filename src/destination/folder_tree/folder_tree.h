// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/destination.h"
#include "os/folder.h"
#include "storage/storage.h"

#include <filesystem>
#include <memory>
#include <string>

namespace keepsake::destination {

enum class Albums { links, list, none };
enum class Sidecars { xmp, none };

/// What a tree says of itself in `.keepsake/tree.json`.
struct TreeMarker {
  Id128 id;
  Id128 catalog;     ///< whose records lie in it
  std::string zone;  ///< the home's zone, which placed photos without one of their own
};

struct TreeOptions {
  Albums albums = Albums::links;
  Sidecars sidecars = Sidecars::none;
  bool is_read_back = false;  ///< each new file, past every cache, before it counts
};

/// The marker of the tree in this folder; nothing when the folder holds none. Causes: corrupt.
Result<std::optional<TreeMarker>> read_marker(os::Folder& folder);

/// Makes an empty tree of the folder, once.
Result<> write_marker(os::Folder& folder, const TreeMarker& marker);

/// The folder of a tree that lies on a server. `writer` is who writes there.
std::unique_ptr<os::Folder> folder_on(std::unique_ptr<storage::Storage> server, std::string writer);

/// Plain files in plain folders (docs/formats/tree.md), which `sha256sum -c` and a file manager can
/// check and restore without this program. `expected` is what the configuration knows: another
/// marker is cause conflict, none is cause absent.
std::unique_ptr<Destination> make_folder_tree(std::unique_ptr<os::Folder> folder,
                                              const TreeMarker& expected,
                                              const TreeOptions& options);

}  // namespace keepsake::destination
