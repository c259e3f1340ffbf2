// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/srp.h"
#include "os/machine.h"
#include "simulate/icloud/account.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/sessions.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The identity service: a password that is proven, a second factor, trust in a client. What a
/// sign-in has reached lasts as long as the program; only the tokens it gives outlive it.
class SignIn {
 public:
  SignIn(const Account& account, Sessions& sessions, Faults& faults, os::Clock& clock);

  /// Answers what was asked below /appleauth/auth; `step` is what `step_of` says of it.
  Reply answer(std::string_view step, const Request& request);

  /// How often a code was shown on the devices and sent to the phone.
  [[nodiscard]] int pushes() const { return pushes_; }

  [[nodiscard]] int messages() const { return messages_; }

 private:
  /// A handshake between its two calls; good for one proof.
  struct Handshake {
    crypto::SrpServer server;
    std::string account;
    Bytes client_value;
  };

  /// A sign-in under way, as its client names it in the headers of every call.
  struct Attempt {
    bool code_accepted = false;
    bool message_sent = false;
  };

  Reply begin(const Request& request);
  Reply complete(const Request& request);
  Reply options(const Request& request);
  Reply push(const Request& request);
  Reply send_message(const Request& request);
  Reply check_code(const Request& request, bool by_message);
  Reply trust(const Request& request);
  Reply repair(const Request& request);

  Attempt* attempt_of(const Request& request);
  Reply with_session(Reply reply, const std::string& id, const std::string& token);
  [[nodiscard]] bool is_trusted(const Request& request) const;
  Result<std::string> grant(bool proven, bool trusted);

  const Account* account_;
  Sessions* sessions_;
  Faults* faults_;
  os::Clock* clock_;
  crypto::SrpVerifier verifier_;
  crypto::SrpVerifier other_verifier_;  ///< of the other protocol
  std::map<std::string, Handshake, std::less<>> handshakes_;
  std::map<std::string, Attempt, std::less<>> attempts_;
  int wrong_passwords_ = 0;
  int pushes_ = 0;
  int messages_ = 0;
};

/// What a call to the identity service is, in one word; empty for one that it has not.
std::string_view step_of(const Request& request);

}  // namespace keepsake::simulate::icloud
