// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/account.h"

#include "source/icloud/replies.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace keepsake::source::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view service = "iCloud";

std::optional<net::Url> service_url(const json& services, const char* name) {
  const auto text = text_in(part(services, name), "url");
  const auto url = net::Url::parse(text);
  return url ? std::optional(*url) : std::nullopt;
}

bool is_number(const json& object, const char* name, int number) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() && *found == number;
}

std::string text_or_number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found != object.end() && found->is_number_integer()) return found->dump();
  return text_in(object, name);
}

}  // namespace

Result<Account> account_in(std::string_view text) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object())
    return fail(problem(Cause::corrupt, "its answer about the account cannot be read"));
  const auto other = text_in(object, "domainToUse");
  if (!other.empty())
    return fail(
        problem(Cause::conflict,
                fmt::format("this account belongs to {}: remove the source and add it again with "
                            "'--domain {}'; what was backed up stays",
                            other,
                            other.ends_with(".cn") ? "cn" : "com")));
  const json& info = part(object, "dsInfo");
  const json& services = part(object, "webservices");
  Account account;
  account.dsid = text_or_number(info, "dsid");
  account.database = service_url(services, "ckdatabasews");
  account.account_service = service_url(services, "account");
  account.shared_streams = service_url(services, "sharedstreams");
  account.wants_second_factor =
      is_number(info, "hsaVersion", 2) && (truth_in(object, "hsaChallengeRequired", false) ||
                                           !truth_in(object, "hsaTrustedBrowser", false));
  account.is_locked = truth_in(info, "locked", false);
  account.wants_terms_accepted = truth_in(object, "termsUpdateNeeded", false);
  account.is_web_access_allowed = truth_in(info, "isWebAccessAllowed", true);
  account.may_want_consent = truth_in(part(services, "ckdatabasews"), "pcsRequired", false);
  if (account.dsid.empty())
    return fail(problem(Cause::corrupt, "its answer about the account names no account"));
  return account;
}

Result<std::optional<Account>> validate(Web& web, const std::stop_token& stop) {
  const auto answer = TRY(web.ask_setup("/validate", "null", {}, Web::Again::when_it_failed, stop));
  if (answer.status == 200) {
    auto account = TRY(account_in(answer.body));
    return std::optional(std::move(account));
  }
  const auto error = refusal(service, answer);
  if (error.cause == Cause::throttled || error.cause == Cause::timeout) return fail(error);
  return std::optional<Account>();
}

Result<std::optional<Account>> log_in_with_tokens(Web& web, const std::stop_token& stop) {
  auto body = web.session().with([](const Tokens& tokens) {
    return json{{"accountCountryCode", tokens.account_country},
                {"dsWebAuthToken", tokens.session_token.reveal()},
                {"extended_login", true},
                {"trustToken", tokens.trust_token.reveal()}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
  });
  const auto answer =
      TRY(web.ask_setup("/accountLogin", std::move(body), {}, Web::Again::never, stop));
  // An account of the other domain is told so with whatever status.
  if (answer.status == 200 || answer.body.find("domainToUse") != std::string::npos) {
    auto account = TRY(account_in(answer.body));
    return std::optional(std::move(account));
  }
  const auto error = refusal(service, answer);
  if (error.cause == Cause::throttled || error.cause == Cause::timeout) return fail(error);
  return std::optional<Account>();
}

Result<> check_usable(const Account& account) {
  if (account.is_locked)
    return fail(problem(Cause::refused,
                        "this Apple Account is locked. Unlock it at https://iforgot.apple.com; "
                        "what was backed up is safe"));
  if (account.wants_terms_accepted)
    return fail(problem(Cause::refused,
                        "Apple has new terms and conditions. Sign in at https://www.icloud.com "
                        "with a browser, accept them, and run the backup again"));
  if (!account.is_web_access_allowed)
    return fail(problem(
        Cause::denied,
        "access to iCloud data on the web is turned off for this account. On an iPhone: Settings, "
        "your name, iCloud, turn on 'Access iCloud Data on the Web'"));
  if (!account.database)
    return fail(problem(Cause::denied,
                        "this account has no iCloud Photos that can be reached from the web. Open "
                        "https://www.icloud.com/photos once with a browser"));
  return {};
}

}  // namespace keepsake::source::icloud
