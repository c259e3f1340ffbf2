// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/folder.h"
#include "storage/storage.h"

#include <memory>

namespace keepsake::storage {

/// A folder of this machine. A file is written under an unfinished name, synced, renamed, and its
/// folder synced; then it is made read-only where the file system can. Only its owner may read it,
/// or its group too when the group may read `config`. Unfinished files lie in the folder itself, so
/// that giving them a name copies nothing.
std::unique_ptr<Storage> make_local(std::unique_ptr<os::Folder> folder);

}  // namespace keepsake::storage
