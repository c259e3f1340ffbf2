// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/cookies.h"
#include "os/folder.h"
#include "os/machine.h"
#include "os/secret_place.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace keepsake::source::icloud {

/// The second factor that was asked for, and that somebody still has to type in.
struct AskedCode {
  /// Of the phone that it was sent to; nothing: it is shown on the person's devices.
  std::optional<std::int64_t> phone;
};

/// What a signed-in browser keeps.
struct Tokens {
  std::string client_id;  ///< made once, for good: "auth-<uuid>"
  std::string session_id;
  std::string scnt;
  std::string auth_attributes;
  std::string account_country;
  Secret session_token;
  Secret trust_token;          ///< with it no second factor is asked for
  bool needs_no_code = false;  ///< the last sign-in was done without one
  net::CookieJar cookies;
  std::optional<AskedCode> asked;
};

/// Where a sign-in is kept in a home's state, for its owner's eyes only.
std::unique_ptr<os::SecretPlace> session_file(std::unique_ptr<os::Folder> state);

/// A sign-in as it is kept between runs: one secret, replaced as a whole whenever an answer renews
/// something. May be used by several threads.
class Session {
 public:
  /// A session that cannot be understood is begun anew: nothing is lost but a sign-in. Causes:
  /// those of the place.
  static Result<std::unique_ptr<Session>> open(std::unique_ptr<os::SecretPlace> place,
                                               os::Clock& clock);

  /// Whether there was ever a sign-in.
  [[nodiscard]] bool is_signed_in();

  /// Looks at the tokens under their lock.
  template <class Use>
  auto with(Use&& use) {
    return tokens_.with([&](const Tokens& tokens) { return use(tokens); });
  }

  /// What is to be sent to that address with every request.
  [[nodiscard]] std::optional<Secret> cookies_for(const net::Url& url);

  /// Takes from an answer what it renews, and keeps it. Causes: denied, full.
  Result<> take(const net::Url& from, const net::Headers& answer);

  Result<> note_asked(std::optional<AskedCode> asked);

  /// A sign-in came to its end.
  Result<> note_signed_in(bool needs_no_code);

  /// Forgets the half-done sign-in, never the trust that was given to this computer.
  Result<> begin_anew();

 private:
  Session(std::unique_ptr<os::SecretPlace> place, os::Clock& clock, Tokens tokens)
      : place_(std::move(place)), clock_(clock), tokens_(std::move(tokens)) {}

  Result<> save(const Tokens& tokens);

  std::unique_ptr<os::SecretPlace> place_;
  os::Clock& clock_;
  Guarded<Tokens> tokens_;
};

/// How many days are left of the sign-in that is kept there; nothing where there is none, or where
/// Apple did not say.
std::optional<std::int64_t> sign_in_days_left(os::SecretPlace& place, Instant now);

}  // namespace keepsake::source::icloud
