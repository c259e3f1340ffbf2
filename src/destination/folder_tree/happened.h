// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "destination/folder_tree/manifest.h"
#include "os/folder.h"
#include "photo/account.h"

#include <span>
#include <string>
#include <vector>

namespace keepsake::destination::tree {

/// Whether a file of that content lies there. Reads it, if its size is right.
Result<bool> holds(os::Folder& folder,
                   const RelativePath& path,
                   const photo::Content& content,
                   os::Reading reading = os::Reading::cached);

/// Which of the intended changes came true before something cut them off; their lines. What was
/// done by halves is undone or finished: a file put aside for one that did not come goes back, and
/// one that a power cut left in two places leaves the older one.
Result<std::vector<std::string>> what_happened(os::Folder& folder,
                                               std::span<const Manifest::Intent> intended);

}  // namespace keepsake::destination::tree
