// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/machine.h"
#include "simulate/icloud/account.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/sessions.h"

#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The setup service: it turns a sign-in into the cookies of a web session and tells where the
/// account's other services are.
class Setup {
 public:
  Setup(const Account& account, Sessions& sessions, Faults& faults, os::Clock& clock);

  /// Answers what was asked below /setup/ws/1; `step` is what `setup_step_of` says of it.
  Reply answer(std::string_view step, const Request& request);

  /// Why the database does not open for this request; nothing when it does.
  std::optional<Reply> refuse(const Request& request);

  /// Gives a reply of the database a fresh cookie, now and then.
  void renew(const Request& request, Reply& reply);

  /// The account's owner approves web access on a device, for Advanced Data Protection.
  void consent() { consented_ = true; }

 private:
  Reply login(const Request& request);
  Reply validate(const Request& request);
  Reply logout(const Request& request);
  Reply terms(const Request& request, bool accepted);
  Reply web_access(const Request& request);
  Reply ask_consent(const Request& request);
  Reply keys(const Request& request);
  Reply storage(const Request& request);

  [[nodiscard]] const Sessions::Grant* session_of(const Request& request) const;
  Reply with_account(const Request& request, bool proven, bool trusted);
  Result<std::string> web_cookie(const Request& request);

  const Account* account_;
  Sessions* sessions_;
  Faults* faults_;
  os::Clock* clock_;
  bool terms_accepted_ = false;
  bool consent_asked_ = false;
  bool consented_ = false;
  unsigned answers_ = 0;
};

/// What a call to the setup service is, in one word; empty for one that it has not.
std::string_view setup_step_of(const Request& request);

}  // namespace keepsake::simulate::icloud
