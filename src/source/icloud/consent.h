// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/account.h"
#include "source/icloud/web.h"

#include <stop_token>

namespace keepsake::source::icloud {

/// Whether somebody is there to approve something on a device now.
enum class Present { nobody, a_person };

/// Whether there was anything to consent to.
enum class Consent { not_wanted, given };

/// An account with Advanced Data Protection shows its photos to the web only after its owner
/// approved it on a device, and then for about an hour. Where the account has it, waits for the
/// approval (if a person is present) and fetches the keys that come with it, as cookies. Causes:
/// approval_needed, throttled, and those of the network.
Result<Consent> obtain_consent(Web& web,
                               const Account& account,
                               Present present,
                               const std::stop_token& stop);

}  // namespace keepsake::source::icloud
