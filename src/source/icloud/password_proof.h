// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "source/icloud/web.h"

#include <stop_token>
#include <string>

namespace keepsake::source::icloud {

/// What Apple said to a proof of the right password.
enum class Admission { admitted, wants_second_factor };

/// Proves the password without sending it (SRP). Causes: wrong_password, refused (the account is
/// locked), throttled (this computer is refused for a while), and those of the network.
Result<Admission> prove_password(Web& web,
                                 const std::string& account_name,
                                 const Secret& password,
                                 const std::stop_token& stop);

}  // namespace keepsake::source::icloud
