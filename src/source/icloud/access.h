// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "source/icloud/account.h"
#include "source/icloud/consent.h"
#include "source/icloud/sign_in.h"
#include "source/icloud/web.h"

#include <optional>
#include <stop_token>
#include <utility>

namespace keepsake::source::icloud {

/// The way into one account for one run. It is gone once, by whoever comes first; once more when
/// the service ends the session meanwhile; and never again, so that no account is locked. May be
/// used by several threads.
class Access {
 public:
  Access(Web& web, Identity identity, FindPassword find_password)
      : web_(web), identity_(std::move(identity)), find_password_(std::move(find_password)) {}

  /// The account, and by which session and consent it was had.
  struct Pass {
    Account account;
    int session = 0;
    int consent = 0;
  };

  /// Causes: those of `get_in`; what failed once fails for the rest of the run.
  Result<Pass> enter(const std::stop_token& stop);

  /// The service says that this pass is no longer good. Causes: expired, those of `get_in`.
  Result<> renew(const Pass& pass, const std::stop_token& stop);

  /// The service wants the owner's consent. Causes: approval_needed (also when it ran out), those
  /// of the network.
  Result<Consent> show_consent(const Pass& pass, const std::stop_token& stop);

 private:
  struct State {
    std::optional<Account> account;
    std::optional<Error> failure;
    int sessions = 0;  ///< had so far
    int consents = 0;
  };

  Result<> get_in_anew(State& state, const std::stop_token& stop) const;

  Web& web_;
  Identity identity_;
  FindPassword find_password_;
  Guarded<State> state_;
};

}  // namespace keepsake::source::icloud
