// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/addresses.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/noter.h"
#include "source/icloud/shared_streams.h"
#include "source/source.h"

#include <stop_token>

namespace keepsake::source::icloud {

/// Once a day, reports what is in the shared albums whose tags changed; if none did, that costs one
/// question. A photo is gone only if its album was read whole and had the same tag afterwards.
/// Whatever goes wrong is named, and asked for again by the next run; where no shared album was
/// ever seen, it is only a warning. Causes: cancelled, and those of the ledger.
Result<> look_at_shared_albums(SharedStreams& streams,
                               CloudKit& cloudkit,
                               Addresses& addresses,
                               Changes& changes,
                               const Reporter& reporter,
                               const std::stop_token& stop);

}  // namespace keepsake::source::icloud
