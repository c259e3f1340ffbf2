// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/storage.h"

#include <memory>

namespace keepsake::storage {

/// A storage of a repository whose new files are read back, past every cache of this machine,
/// before they count. All of them but `config` and those that are stored in one piece are named by
/// the SHA-256 of their bytes, which is what they are compared with. What is not what was sent is
/// removed. Causes beside those of `Storage`: corrupt.
std::unique_ptr<Storage> with_read_back(std::unique_ptr<Storage> storage);

}  // namespace keepsake::storage
