// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "sqlite/database.h"

namespace keepsake::catalog {

/// The schema this program writes. Older ones are brought up to it, one migration after the other.
constexpr int schema_version = 5;

/// Makes the tables of an empty database, or migrates an older one; each step is one transaction.
/// Causes: unsupported for a schema newer than ours.
Result<> bring_up_to_date(sqlite::Database& database);

}  // namespace keepsake::catalog
