// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/sign_in.h"

#include "source/icloud/consent.h"
#include "source/icloud/password_proof.h"
#include "source/icloud/replies.h"
#include "source/icloud/second_factor.h"

#include <fmt/format.h>

#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr int most_tries_of_a_code = 3;

/// The session or the tokens as they are; nothing where they do not suffice.
Result<std::optional<Account>> by_what_is_kept(Web& web, const std::stop_token& stop) {
  if (!web.session().is_signed_in()) return std::optional<Account>();
  auto account = TRY(validate(web, stop));
  if (!account) account = TRY(log_in_with_tokens(web, stop));
  if (account && account->wants_second_factor) account.reset();
  return account;
}

/// The account, after Apple was satisfied.
Result<Account> log_in(Web& web, const std::stop_token& stop) {
  auto account = TRY(log_in_with_tokens(web, stop));
  if (!account)
    return fail(problem(Cause::refused,
                        "Apple accepted the sign-in, but iCloud did not. Sign in at "
                        "https://www.icloud.com with a browser to see why"));
  return *std::move(account);
}

/// A sign-in with somebody at hand.
class SignIn {
 public:
  SignIn(Web& web,
         const Identity& identity,
         const SignInWish& wish,
         const FindPassword& find_password,
         const AskCode& ask_code,
         std::stop_token stop)
      : web_(web),
        identity_(identity),
        wish_(wish),
        find_password_(find_password),
        ask_code_(ask_code),
        stop_(std::move(stop)) {}

  Result<SignInResult> run() {
    auto waiting = web_.session().with([](const Tokens& tokens) { return tokens.asked; });
    if (waiting && wish_.code) return by_code(*waiting, *wish_.code);
    auto kept = TRY(by_what_is_kept(web_, stop_));
    if (kept) return done(*std::move(kept), true);
    const auto password = TRY(find_password_());
    const auto admission = TRY(prove_password(web_, identity_.account, password, stop_));
    if (admission == Admission::admitted) {
      auto account = TRY(log_in(web_, stop_));
      if (!account.wants_second_factor) {
        TRY(web_.session().note_signed_in(true));
        return done(std::move(account), false);
      }
    }
    return by_second_factor();
  }

 private:
  Result<SignInResult> by_second_factor() {
    const auto factors = TRY(ask_factors(web_, stop_));
    const auto to = wish_.by_sms ? SendTo::phone : SendTo::devices;
    // Whoever has read a code already is not sent another one.
    if (wish_.code) return by_code(expected(factors, to), *wish_.code);
    const auto asked = TRY(ask_for_code(web_, factors, to, stop_));
    return by_code_of_person(asked, place_of(asked, factors));
  }

  static AskedCode expected(const Factors& factors, SendTo to) {
    AskedCode asked;
    if (to == SendTo::phone && !factors.phones.empty()) asked.phone = factors.phones.front().id;
    return asked;
  }

  static std::string place_of(const AskedCode& asked, const Factors& factors) {
    if (!asked.phone) return "shown on your iPhone, iPad or Mac";
    for (const TrustedPhone& phone : factors.phones)
      if (phone.id == asked.phone) return "sent to " + phone.number;
    return "sent to your phone";
  }

  Result<SignInResult> by_code_of_person(const AskedCode& asked, const std::string& place) {
    for (int i = 1;; ++i) {
      const auto code = ask_code_(place);
      if (!code && code.error().cause == Cause::not_found)
        return fail(problem(
            Cause::approval_needed,
            fmt::format("a code was {}. Type: keepsake source sign-in {} --code CODE. If none "
                        "came: keepsake source sign-in {} --sms",
                        place,
                        identity_.source,
                        identity_.source)));
      if (!code) return fail(code.error());
      const auto handed_in = hand_in_code(web_, asked, *code, stop_);
      if (handed_in) return after_code();
      if (handed_in.error().cause != Cause::approval_needed || i == most_tries_of_a_code)
        return fail(handed_in.error());
    }
  }

  Result<SignInResult> by_code(const AskedCode& asked, const std::string& code) {
    const auto handed_in = hand_in_code(web_, asked, code, stop_);
    if (!handed_in && handed_in.error().cause == Cause::expired) {
      TRY(web_.session().begin_anew());
      return fail(problem(Cause::approval_needed,
                          fmt::format("that code has become too old. Ask for a new one: keepsake "
                                      "source sign-in {}",
                                      identity_.source)));
    }
    if (!handed_in) return fail(handed_in.error());
    return after_code();
  }

  Result<SignInResult> after_code() {
    auto account = TRY(log_in(web_, stop_));
    if (account.wants_second_factor)
      return fail(problem(Cause::refused,
                          "Apple took the code, but does not trust this computer. Sign in again "
                          "later"));
    TRY(web_.session().note_signed_in(false));
    return done(std::move(account), false);
  }

  Result<SignInResult> done(Account account, bool was_signed_in) {
    TRY(check_usable(account));
    if (account.may_want_consent) TRY(obtain_consent(web_, account, Present::a_person, stop_));
    return SignInResult{std::move(account), was_signed_in};
  }

  Web& web_;
  const Identity& identity_;
  const SignInWish& wish_;
  const FindPassword& find_password_;
  const AskCode& ask_code_;
  std::stop_token stop_;
};

Error person_needed(const Identity& identity) {
  return problem(
      Cause::expired,
      fmt::format("a person has to sign in: keepsake source sign-in {}", identity.source));
}

}  // namespace

Result<SignInResult> sign_in(Web& web,
                             const Identity& identity,
                             const SignInWish& wish,
                             const FindPassword& find_password,
                             const AskCode& ask_code,
                             const std::stop_token& stop) {
  return SignIn(web, identity, wish, find_password, ask_code, stop).run();
}

Result<Account> get_in(Web& web,
                       const Identity& identity,
                       const FindPassword& find_password,
                       const std::stop_token& stop) {
  auto account = TRY(by_what_is_kept(web, stop));
  if (!account) {
    const bool is_trusted = web.session().with(
        [](const Tokens& tokens) { return !tokens.trust_token.empty() || tokens.needs_no_code; });
    // Without trust the proof alone would make codes appear on the owner's devices.
    if (!is_trusted) return fail(person_needed(identity));
    const auto password = find_password();
    if (!password) return fail(person_needed(identity));
    const auto admission = TRY(prove_password(web, identity.account, *password, stop));
    if (admission == Admission::wants_second_factor) return fail(person_needed(identity));
    account = TRY(log_in(web, stop));
    if (account->wants_second_factor) return fail(person_needed(identity));
  }
  TRY(check_usable(*account));
  return *std::move(account);
}

}  // namespace keepsake::source::icloud
