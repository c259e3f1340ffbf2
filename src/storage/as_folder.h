// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "os/folder.h"
#include "storage/storage.h"

#include <memory>
#include <string>

namespace keepsake::storage {

/// A storage that can rename, taken for a folder of this machine, so that what writes a folder can
/// write to a server. It has files only: a folder is there when a file is in it, and no links,
/// clones or permissions are. What the server says is stored is durable.
///
/// Servers cannot append. The one file that grows lies there in pieces: `growing`, `growing.1`,
/// `growing.2` and so on, as far as the numbers go on; without the first there is none.
///
/// `writer` is who writes (Storage::begin_writing_as), which is said before the first file.
std::unique_ptr<os::Folder> as_folder(std::unique_ptr<Storage> storage,
                                      RelativePath growing,
                                      std::string writer);

}  // namespace keepsake::storage
