// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "os/folder.h"
#include "os/machine.h"
#include "source/source.h"

#include <filesystem>
#include <memory>

namespace keepsake::source {

/// A Mac's Photos library: the bundle `Name.photoslibrary` of Photos 5 (macOS 10.15) or later, on a
/// Mac or copied from one. It is only read; its database is read from a private copy, which lies at
/// `work` for as long as that takes. Assets are known by the library's own ids.
std::unique_ptr<Source> make_photos_library_source(std::unique_ptr<os::Folder> bundle,
                                                   const Id128& id,
                                                   const std::filesystem::path& work,
                                                   os::Clock& clock);

/// Whether the folder is such a library. Causes: invalid, unsupported; both say what to do.
Result<> check_photos_library(os::Folder& bundle);

}  // namespace keepsake::source
