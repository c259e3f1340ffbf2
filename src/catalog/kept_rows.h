// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "catalog/connection.h"
#include "catalog/noting.h"

#include <cstdint>

namespace keepsake::catalog {

/// Takes down a file that a destination's own records tell of. The ledger may know its asset
/// better, or under another id since. Inside a transaction.
Result<> write_kept(Connection& connection,
                    std::int64_t source,
                    const Noting::Kept& kept,
                    Instant now);

}  // namespace keepsake::catalog
