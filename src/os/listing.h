// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/descriptor.h"
#include "os/folder.h"

#include <filesystem>
#include <vector>

namespace keepsake::os {

/// What an open folder holds, in the order that `Folder::list` promises.
Result<std::vector<Entry>> list_entries(Descriptor folder, const std::filesystem::path& where);

/// Whether the open folder takes names that differ only in case for one. Found out without writing:
/// by one of its entries under a name in the other case, else by what its file system usually does.
bool folds_case(int folder, const std::vector<Entry>& entries);

}  // namespace keepsake::os
