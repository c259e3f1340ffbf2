// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/storage.h"

#include <memory>

namespace keepsake::storage {

/// A storage far away, of whose packs (`data/`) some more is read than is asked for, and kept in
/// memory for what is asked for next: a vault's folders and small files are many small parts that
/// lie side by side. Packs never change, so that nothing kept grows old. At most 16 MiB.
std::unique_ptr<Storage> with_read_ahead(std::unique_ptr<Storage> far);

}  // namespace keepsake::storage
