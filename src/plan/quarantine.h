// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "photo/account.h"

#include <cstddef>
#include <cstdint>
#include <vector>

/// What becomes of kept files whose photo was deleted at its source.
namespace keepsake::plan {

enum class OnSourceDelete { keep, quarantine };

/// The files of an asset in a destination (indexes into Standing::files) that belong in the other
/// of their two places: gone where the destination wants what is gone in quarantine, unless its
/// owner asked it back since; or in quarantine, and there again at its source.
std::vector<std::size_t> misplaced(const photo::Account& account,
                                   std::int64_t destination,
                                   OnSourceDelete rule);

/// Those that its owner may ask back from quarantine, though their photo is gone.
std::vector<std::size_t> quarantined(const photo::Account& account, std::int64_t destination);

/// Whether the photo is gone and all of it that lies in quarantine there has been so since before
/// this moment.
bool is_overdue(const photo::Account& account, std::int64_t destination, Instant before);

}  // namespace keepsake::plan
