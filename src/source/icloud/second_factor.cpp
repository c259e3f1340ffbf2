// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/second_factor.h"

#include "base/text.h"
#include "source/icloud/replies.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace keepsake::source::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view code_path = "/verify/trusteddevice/securitycode";

/// What the page carries inside: `<script type="application/json" class="boot_args">{…}</script>`.
std::string_view boot_arguments(std::string_view page) {
  const auto mark = page.find("boot_args");
  if (mark == std::string_view::npos) return {};
  const auto begin = page.find('>', mark);
  const auto end = page.find("</script>", mark);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return page.substr(begin + 1, end - begin - 1);
}

/// Where it can lie in either form: at the top, below "phoneNumberVerification", and in the page
/// below "direct", since 2026 also one step deeper.
json verification_in(const json& top) {
  const json& two_step = part(part(top, "direct"), "twoSV");
  for (const json* place : {&part(part(two_step, "bridgeInitiateData"), "phoneNumberVerification"),
                            &part(two_step, "phoneNumberVerification"),
                            &part(top, "phoneNumberVerification")})
    if (!place->empty()) return *place;
  return top;
}

std::vector<TrustedPhone> phones_in(const json& verification) {
  std::vector<TrustedPhone> phones;
  const auto add = [&](const json& phone) {
    const auto id = phone.find("id");
    if (id == phone.end() || !id->is_number_integer()) return;
    phones.push_back({id->get<std::int64_t>(),
                      text_in(phone, "numberWithDialCode"),
                      truth_in(phone, "nonFTEU", false)});
  };
  const auto list = verification.find("trustedPhoneNumbers");
  if (list != verification.end() && list->is_array())
    for (const json& phone : *list)
      if (phone.is_object()) add(phone);
  if (phones.empty()) add(part(verification, "trustedPhoneNumber"));
  return phones;
}

json code_body(const AskedCode& asked, std::string_view code) {
  json body{{"securityCode", {{"code", code}}}};
  if (asked.phone) {
    body["phoneNumber"] = {{"id", *asked.phone}};
    body["mode"] = "sms";
  }
  return body;
}

}  // namespace

std::optional<Factors> factors_in(std::string_view body) {
  const auto text = trimmed(body);
  const auto top = json::parse(text.starts_with('{') ? text : boot_arguments(text), nullptr, false);
  if (!top.is_object()) return std::nullopt;
  const json& direct = part(top, "direct");
  const json verification = verification_in(top);
  const json& state = part(verification, "securityCode");
  Factors factors;
  factors.has_devices =
      truth_in(direct, "hasTrustedDevices", true) && !truth_in(top, "noTrustedDevices", false);
  factors.wants_security_key = top.contains("fsaChallenge") || direct.contains("fsaChallenge") ||
                               top.contains("keyNames") || direct.contains("keyNames");
  factors.is_blocked = truth_in(state, "tooManyCodesSent", false) ||
                       truth_in(state, "tooManyCodesValidated", false) ||
                       truth_in(state, "securityCodeLocked", false);
  factors.phones = phones_in(verification);
  return factors;
}

Result<Factors> ask_factors(Web& web, const std::stop_token& stop) {
  const auto answer = TRY(web.ask_identity({"GET", ""}, stop));
  auto factors = factors_in(answer.body).value_or(Factors{});
  if (factors.wants_security_key)
    return fail(problem(Cause::unsupported,
                        "this account asks for a security key (FIDO), which this program cannot "
                        "speak to. Back up from a Mac's Photos library instead, or remove the keys "
                        "from the account"));
  if (factors.is_blocked)
    return fail(problem(Cause::throttled,
                        "Apple sends no more codes for now: too many were asked for or mistyped. "
                        "Try again in some hours; what was backed up is safe"));
  return factors;
}

Result<AskedCode> ask_for_code(Web& web,
                               const Factors& factors,
                               SendTo to,
                               const std::stop_token& stop) {
  AskedCode asked;
  if (to == SendTo::phone || !factors.has_devices) {
    if (factors.phones.empty())
      return fail(
          problem(Cause::unsupported, "this account has no phone that a code can be sent to"));
    const TrustedPhone& phone = factors.phones.front();
    const json body{{"phoneNumber", {{"id", phone.id}, {"nonFTEU", phone.non_fteu}}},
                    {"mode", "sms"}};
    const auto answer = TRY(web.ask_identity({"PUT", "/verify/phone", body.dump()}, stop));
    if (!answer.is_success()) return fail(refusal(sign_in_service, answer));
    asked.phone = phone.id;
  } else {
    // Older devices show it unasked, and some answers are refusals although they showed it: what
    // counts is whether the person sees a code.
    const auto answer = web.ask_identity({"PUT", std::string(code_path)}, stop);
    if (!answer) return fail(answer.error());
  }
  TRY(web.session().note_asked(asked));
  return asked;
}

Result<> hand_in_code(Web& web,
                      const AskedCode& asked,
                      std::string_view code,
                      const std::stop_token& stop) {
  const std::string path(asked.phone ? "/verify/phone/securitycode" : code_path);
  const auto answer = TRY(web.ask_identity({"POST", path, code_body(asked, code).dump()}, stop));
  // Since 2026 an accepted code may be answered with 409: a token tells the truth.
  const bool is_accepted =
      answer.is_success() || (answer.status == 409 && answer.headers.find("X-Apple-Session-Token"));
  if (!is_accepted && (answer.status == 400 || answer.status == 409 || answer.status == 412))
    return fail(problem(Cause::approval_needed,
                        "that code was not right. Look at it again, and give it with '--code'; no "
                        "new one is needed"));
  if (!is_accepted) return fail(refusal(sign_in_service, answer));
  const auto trusted = TRY(web.ask_identity({"GET", "/2sv/trust"}, stop));
  if (!trusted.is_success()) return fail(refusal(sign_in_service, trusted));
  return web.session().note_asked(std::nullopt);
}

}  // namespace keepsake::source::icloud
