// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "net/retry.h"
#include "net/url.h"
#include "source/icloud/access.h"
#include "source/icloud/web.h"

#include <functional>
#include <stop_token>
#include <string>

namespace keepsake::source::icloud {

/// Where a question goes; it depends on the account that answers of its setup name.
using Address = std::function<Result<net::Url>(const Account& account)>;

/// Asks one of an account's services until it answers: as often as patience allows, with a session
/// that is renewed once, after the owner's consent if that is wanted. Causes: expired,
/// approval_needed, denied, throttled, offline, timeout, not_found, invalid (the service does not
/// understand the question), cancelled, those of `address`.
Result<json::Document> ask_until_answered(Web& web,
                                          Access& access,
                                          const Address& address,
                                          const std::string& body,
                                          const net::RetryPolicy& patience,
                                          const std::stop_token& stop);

}  // namespace keepsake::source::icloud
