// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "source/icloud/account.h"
#include "source/icloud/web.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

/// Signing in to an Apple Account. Nothing here is ever tried twice by itself: Apple locks accounts
/// for that.
namespace keepsake::source::icloud {

/// Asks for the account's password. Causes: not_found where nobody can be asked.
using FindPassword = std::function<Result<Secret>()>;

/// Asks a person for the code that is `shown` somewhere: "on your devices", "sent to +1 …". Causes:
/// not_found where nobody can be asked.
using AskCode = std::function<Result<std::string>(const std::string& shown)>;

/// Who signs in.
struct Identity {
  std::string source;   ///< what the person calls the source, for what to do next
  std::string account;  ///< the Apple Account: an e-mail address or a phone number
};

/// What a person decided about a sign-in.
struct SignInWish {
  std::optional<std::string> code;  ///< read somewhere already
  bool by_sms = false;
};

struct SignInResult {
  Account account;
  bool was_signed_in = false;  ///< nothing had to be done
};

/// Signs in with a person at hand, or goes on with a sign-in that waits for its code. Causes:
/// wrong_password, approval_needed (a code was asked for and is not known yet; or the consent to
/// see protected data), refused, denied, unsupported, throttled, and those of the network.
Result<SignInResult> sign_in(Web& web,
                             const Identity& identity,
                             const SignInWish& wish,
                             const FindPassword& find_password,
                             const AskCode& ask_code,
                             const std::stop_token& stop);

/// Gets in without a person: by the session, by the tokens, at last by the password if it is known
/// and this computer is trusted. No code is asked for. Causes: expired when a person must sign in;
/// those of `sign_in`.
Result<Account> get_in(Web& web,
                       const Identity& identity,
                       const FindPassword& find_password,
                       const std::stop_token& stop);

}  // namespace keepsake::source::icloud
