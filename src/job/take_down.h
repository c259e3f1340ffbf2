// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/home.h"
#include "records/file_record.h"

#include <span>

namespace keepsake::job {

/// Notes in the ledger what a destination's own records say it holds.
Result<> take_down(Home& home,
                   std::int64_t destination,
                   std::span<const records::FileRecord> records);

}  // namespace keepsake::job
