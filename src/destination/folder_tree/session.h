// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "destination/folder_tree/folder_tree.h"

#include <memory>

namespace keepsake::destination::tree {

/// One run's writing into a tree. Files are written whole and durably in the tree's work folder; a
/// commit notes a batch of them in the journal, gives them their names, and makes those durable:
/// so a name is never given to half a file, and whatever has its name is known to the journal.
/// The folder must outlive the session.
Result<std::unique_ptr<Session>> open_session(os::Folder& folder, const TreeOptions& options);

}  // namespace keepsake::destination::tree
