// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "net/url.h"
#include "source/icloud/web.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace keepsake::source::icloud {

/// What the setup service says of a signed-in account.
struct Account {
  std::string dsid;                         ///< its number
  std::optional<net::Url> database;         ///< CloudKit, where the photos are
  std::optional<net::Url> account_service;  ///< knows its storage
  std::optional<net::Url> shared_streams;   ///< has its shared albums
  bool wants_second_factor = false;
  bool is_locked = false;
  bool wants_terms_accepted = false;
  bool is_web_access_allowed = true;
  bool may_want_consent = false;  ///< if it has Advanced Data Protection
};

/// Reads an account object. Causes: corrupt; conflict for one that belongs to the other domain.
Result<Account> account_in(std::string_view text);

/// Asks whether the kept session still holds; nothing where it does not. Costs one request and
/// signs nobody in. Causes: offline, timeout, throttled, cancelled.
Result<std::optional<Account>> validate(Web& web, const std::stop_token& stop);

/// Exchanges the kept tokens for a new session; nothing where they are too old for it. The account
/// may still want its second factor.
Result<std::optional<Account>> log_in_with_tokens(Web& web, const std::stop_token& stop);

/// Whether photos can be read: what keeps them from it is told apart, with what to do. Causes:
/// refused, denied.
Result<> check_usable(const Account& account);

}  // namespace keepsake::source::icloud
