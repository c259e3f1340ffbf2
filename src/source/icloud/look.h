// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/addresses.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/noter.h"
#include "source/source.h"

#include <stop_token>

namespace keepsake::source::icloud {

/// Reports what changed in an account since it was last looked at, library by library: those never
/// seen are listed as a whole, of the others only the changes are asked for. If nothing changed,
/// that costs two questions. Tokens move on in the same commit as what they cover. Causes: those of
/// CloudKit, for the account's own library; another one that fails is named as unreadable.
Result<> look_at_account(CloudKit& cloudkit,
                         Addresses& addresses,
                         Changes& changes,
                         const Reporter& reporter,
                         const std::stop_token& stop);

}  // namespace keepsake::source::icloud
