// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/root.h"

namespace keepsake::os {

// What can be done to a name in a folder. Each returns 0 or the error.

int rename_over(const Place& from, const Place& to);

/// EEXIST when the name is taken.
int rename_to_free_name(const Place& from, const Place& to);

/// The same for file systems that cannot rename without replacing, such as NFS and many in user
/// space: a second name that the first one then leaves to it; where there are none either, a look
/// before the rename.
int rename_in_steps(const Place& from, const Place& to);

int link_as(const Place& from, const Place& to);

/// Removes a file, a link or an empty folder.
int remove_name(const Place& place);

}  // namespace keepsake::os
