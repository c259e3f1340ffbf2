// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "photo/asset.h"
#include "source/icloud/memory.h"

#include <string_view>
#include <vector>

namespace keepsake::source::icloud {

/// The root that some lists name as if it were a folder.
bool is_root_folder(std::string_view name);

/// The albums of these names as paths, one each, in their order; those that are none to their owner
/// are left out.
std::vector<photo::AlbumPath> paths_of(const std::vector<std::string>& names,
                                       const LibraryMemory::Albums& albums);

}  // namespace keepsake::source::icloud
