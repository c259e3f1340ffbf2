// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "source/source.h"

#include <cstdint>
#include <stop_token>

namespace keepsake::transfer {

/// Finds photos that the source lists under another id than before, by the bytes of their original:
/// they go on under the names they have, and nothing of them is brought anywhere again. Reads only
/// new files as large as one that is gone, unless the source's own checksum tells as much.
/// Causes: cancelled, and what the catalog fails with.
Result<> follow_moves(catalog::Catalog& catalog,
                      std::int64_t source_row,
                      source::Source& source,
                      const std::stop_token& stop);

}  // namespace keepsake::transfer
