// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "os/folder.h"
#include "os/machine.h"
#include "source/source.h"

#include <memory>

namespace keepsake::source {

/// Any folder with photos in it, and everything below. It is only read. Symbolic links in it are
/// not followed. A file is looked into once, and again when its size or times change.
std::unique_ptr<Source> make_folder_source(std::unique_ptr<os::Folder> folder,
                                           const Id128& id,
                                           os::Clock& clock);

}  // namespace keepsake::source
