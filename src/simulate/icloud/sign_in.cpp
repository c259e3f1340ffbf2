// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/sign_in.h"

#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"
#include "crypto/cipher.h"
#include "crypto/srp.h"
#include "simulate/icloud/account.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/sessions.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view root = "/appleauth/auth";
constexpr int wrong_passwords_before_lock = 10;

struct Step {
  std::string_view method;
  std::string_view path;
  std::string_view name;
};

constexpr std::array steps{
    Step{"GET", "/authorize/signin", "authorize"},
    Step{"POST", "/federate", "federate"},
    Step{"POST", "/signin/init", "init"},
    Step{"POST", "/signin/complete", "complete"},
    Step{"GET", "", "options"},
    Step{"PUT", "/verify/trusteddevice/securitycode", "push"},
    Step{"PUT", "/verify/trusteddevice", "push"},
    Step{"GET", "/verify/trusteddevice", "push"},
    Step{"POST", "/verify/trusteddevice/securitycode", "code"},
    Step{"PUT", "/verify/phone", "sms"},
    Step{"POST", "/verify/phone/securitycode", "sms-code"},
    Step{"GET", "/2sv/trust", "trust"},
    Step{"POST", "/repair/complete", "repair"},
};

/// Apple spells the list of errors in two ways.
Reply wrong_password() {
  return reply_of(
      401,
      {{"serviceErrors",
        {{{"code", "-20101"},
          {"message", "Enter the email or phone number and password for your Apple Account."},
          {"suppressDismissal", false}}}}});
}

Reply locked() {
  return reply_of(403,
                  {{"serviceErrors",
                    {{{"code", "-20209"},
                      {"message", "This Apple Account has been locked for security reasons."}}}}});
}

Reply wrong_code() {
  auto reply = reply_of(400,
                        {{"service_errors",
                          {{{"code", "-21669"},
                            {"title", "Incorrect Verification Code"},
                            {"message", "Incorrect verification code."},
                            {"suppressDismissal", false}}}},
                         {"hasError", true}});
  reply.add("X-Apple-I-Ercd", "-21669");
  return reply;
}

Reply session_gone() {
  return reply_of(421,
                  {{"serviceErrors", {{{"code", "-21421"}, {"message", "Session expired."}}}}});
}

crypto::SrpVerifier verifier_of(const Account& account, crypto::SrpProtocol protocol) {
  crypto::SrpStretch stretch;
  stretch.protocol = protocol;
  stretch.salt.resize(16);
  crypto::fill_random(stretch.salt);
  stretch.salt.front() |= std::byte{1};
  return crypto::make_srp_verifier(account.password, std::move(stretch)).value();
}

/// One whose public value begins with a zero byte, for clients that must bear it.
crypto::SrpServer with_zero(const crypto::SrpVerifier& verifier) {
  std::array<std::byte, 32> secret{};
  while (true) {
    crypto::fill_random(secret);
    crypto::SrpServer server(verifier, secret);
    if (server.public_value().front() == std::byte{0}) return server;
  }
}

json phone_number() {
  return {{"id", 1},
          {"numberWithDialCode", "+1 (•••) •••-••81"},
          {"obfuscatedNumber", "(•••) •••-••81"},
          {"lastTwoDigits", "81"},
          {"pushMode", "sms"},
          {"nonFTEU", false}};
}

json security_code() {
  return {{"length", 6},
          {"tooManyCodesSent", false},
          {"tooManyCodesValidated", false},
          {"securityCodeLocked", false},
          {"securityCodeCooldown", false}};
}

json phone_verification() {
  return {{"trustedPhoneNumbers", {phone_number()}},
          {"trustedPhoneNumber", phone_number()},
          {"securityCode", security_code()},
          {"authenticationType", "hsa2"},
          {"hsa2Account", true}};
}

}  // namespace

std::string_view step_of(const Request& request) {
  if (!request.path.starts_with(root)) return {};
  const auto path = std::string_view(request.path).substr(root.size());
  const auto* const found = std::ranges::find_if(
      steps, [&](const Step& step) { return step.method == request.method && step.path == path; });
  return found == steps.end() ? std::string_view() : found->name;
}

SignIn::SignIn(const Account& account, Sessions& sessions, Faults& faults, os::Clock& clock)
    : account_(&account),
      sessions_(&sessions),
      faults_(&faults),
      clock_(&clock),
      verifier_(verifier_of(account, crypto::SrpProtocol::s2k)),
      other_verifier_(verifier_of(account, crypto::SrpProtocol::s2k_fo)) {}

Reply SignIn::answer(std::string_view step, const Request& request) {
  if (step == "authorize") {
    Reply reply;
    reply.content_type = "text/html;charset=UTF-8";
    reply.body = "<html></html>";
    return with_session(std::move(reply), {}, {});
  }
  if (step == "federate") return with_session(reply_of(200, json::object()), {}, {});
  if (step == "init") return begin(request);
  if (step == "complete") return complete(request);
  if (step == "options") return options(request);
  if (step == "push") return push(request);
  if (step == "code") return check_code(request, false);
  if (step == "sms") return send_message(request);
  if (step == "sms-code") return check_code(request, true);
  if (step == "trust") return trust(request);
  return repair(request);
}

Reply SignIn::begin(const Request& request) {
  const json asked = object_in(request);
  const auto client_value = from_base64(asked.value("a", ""));
  const auto protocols = asked.value("protocols", json::array());
  if (!client_value || !protocols.is_array() || protocols.empty())
    return reply_of(400, {{"serviceErrors", {{{"code", "-20100"}, {"message", "Bad request."}}}}});

  const auto name = lower_case(asked.value("accountName", ""));
  const auto& verifier = faults_->strike("s2k_fo", "init") != nullptr ? other_verifier_ : verifier_;
  auto server = faults_->strike("zero", "init") != nullptr ? with_zero(verifier)
                                                           : crypto::SrpServer(verifier);
  const auto id = fmt::format("d-123-{}:MSA", random_uuid());
  auto reply = reply_of(200,
                        {{"iteration", verifier.stretch.iterations},
                         {"salt", to_base64(verifier.stretch.salt)},
                         {"protocol", crypto::name(verifier.stretch.protocol)},
                         {"b", to_base64(server.public_value())},
                         {"c", id},
                         {"version", 1}});
  reply.content_type = "text/html;charset=UTF-8";  // as it was recorded
  handshakes_.emplace(id, Handshake{std::move(server), name, *client_value});
  return with_session(std::move(reply), {}, {});
}

Reply SignIn::complete(const Request& request) {
  const json asked = object_in(request);
  const auto found = handshakes_.find(asked.value("c", ""));
  if (found == handshakes_.end()) return session_gone();
  const auto handshake = std::move(found->second);
  handshakes_.erase(found);
  if (wrong_passwords_ >= wrong_passwords_before_lock) return locked();

  const auto name = asked.value("accountName", "");
  const auto m1 = from_base64(asked.value("m1", ""));
  const auto m2 = from_base64(asked.value("m2", ""));
  const auto first = m1 ? Digest::from(*m1) : std::nullopt;
  const auto second = m2 ? Digest::from(*m2) : std::nullopt;
  if (!first || !second || handshake.account != lower_case(account_->email) ||
      !handshake.server.accepts(name, handshake.client_value, {*first, *second})) {
    ++wrong_passwords_;
    return wrong_password();
  }
  wrong_passwords_ = 0;

  const bool trusted = is_trusted(request);
  const bool must_repair = faults_->strike("repair", "complete") != nullptr;
  const bool proven = trusted || (!account_->second_factor && !must_repair);
  const auto token = grant(proven, trusted);
  if (!token) return reply_of(500, json::object());
  const auto id = random_uuid();
  attempts_[id] = {};
  if (must_repair) return with_session(reply_of(412, {{"auth_type", "sa"}}), id, *token);
  const json kind = {{"authType", account_->second_factor ? "hsa2" : "sa"}};
  return with_session(reply_of(proven ? 200 : 409, kind), id, *token);
}

Reply SignIn::options(const Request& request) {
  const bool by_message_only = faults_->strike("no-devices", "options") != nullptr;
  const bool is_bridge = faults_->strike("bridge", "options") != nullptr;
  const bool with_key = faults_->strike("security-key", "options") != nullptr;
  const auto accepts = request.header("Accept");
  if (accepts.find("application/json") != std::string_view::npos) {
    json body = phone_verification();
    body["noTrustedDevices"] = by_message_only;
    if (with_key) {
      body["fsaChallenge"] = {
          {"challenge", random_token()}, {"keyHandles", {random_token()}}, {"rpId", "apple.com"}};
      body["keyNames"] = {"blue key"};
    }
    return with_session(reply_of(200, body), {}, {});
  }
  const json verification = {{"phoneNumberVerification", phone_verification()}};
  json two_factors = {{"authFactors", {"robocall", "sms", "generatedcode"}},
                      {"sourceAppId", 1159},
                      {"supportedPushModes", {"voice", "sms"}}};
  if (is_bridge)
    two_factors["bridgeInitiateData"] = verification;
  else
    two_factors.update(verification);
  const json arguments = {
      {"direct",
       {{"authUserType", "hsa2"},
        {"hasTrustedDevices", !by_message_only},
        {"twoSV", two_factors},
        {"authInitialRoute", is_bridge ? "auth/bridge/step" : "auth/verify/phone"}}},
      {"additional", {{"canRoute2sv", true}}}};
  Reply reply;
  reply.content_type = "text/html; charset=UTF-8";
  reply.body = "<html><script type=\"application/json\" class=\"boot_args\">" + arguments.dump() +
               "</script></html>";
  return with_session(std::move(reply), {}, {});
}

Reply SignIn::push(const Request& request) {
  if (attempt_of(request) == nullptr) return session_gone();
  ++pushes_;
  return reply_of(202, phone_verification());
}

Reply SignIn::send_message(const Request& request) {
  Attempt* attempt = attempt_of(request);
  if (attempt == nullptr) return session_gone();
  attempt->message_sent = true;
  ++messages_;
  return reply_of(200, phone_verification());
}

Reply SignIn::check_code(const Request& request, bool by_message) {
  Attempt* attempt = attempt_of(request);
  if (attempt == nullptr) return session_gone();
  const json code = object_in(request).value("securityCode", json::object());
  if (code.value("code", "") != account_->code || (by_message && !attempt->message_sent))
    return wrong_code();
  attempt->code_accepted = true;
  const auto token = grant(true, false);
  if (!token) return reply_of(500, json::object());
  const std::string id(request.header("X-Apple-ID-Session-Id"));
  if (faults_->strike("code-409", by_message ? "sms-code" : "code") != nullptr)
    return with_session(reply_of(409, {{"securityCode", {{"valid", true}}}}), id, *token);
  if (by_message) return with_session(reply_of(200, phone_verification()), id, *token);
  Reply reply;
  reply.status = 204;
  return with_session(std::move(reply), id, *token);
}

Reply SignIn::trust(const Request& request) {
  const Attempt* attempt = attempt_of(request);
  if (attempt == nullptr || !attempt->code_accepted) return session_gone();
  const auto token = grant(true, true);
  const auto trust =
      sessions_->grant({Sessions::Kind::trust, true, true, clock_->now() + trust_lifetime});
  if (!token || !trust) return reply_of(500, json::object());
  Reply reply;
  reply.status = 204;
  reply.content_type = "text/html;charset=UTF-8";
  reply.add("X-Apple-TwoSV-Trust-Token", *trust);
  return with_session(
      std::move(reply), std::string(request.header("X-Apple-ID-Session-Id")), *token);
}

Reply SignIn::repair(const Request& request) {
  if (attempt_of(request) == nullptr) return session_gone();
  const auto token = grant(!account_->second_factor, false);
  if (!token) return reply_of(500, json::object());
  return with_session(
      reply_of(200, json::object()), std::string(request.header("X-Apple-ID-Session-Id")), *token);
}

SignIn::Attempt* SignIn::attempt_of(const Request& request) {
  const auto found = attempts_.find(request.header("X-Apple-ID-Session-Id"));
  if (found == attempts_.end() || request.header("scnt").empty()) return nullptr;
  return &found->second;
}

Reply SignIn::with_session(Reply reply, const std::string& id, const std::string& token) {
  reply.add("scnt", random_token());
  reply.add("X-Apple-Auth-Attributes", random_token());
  reply.add("Set-Cookie", "dslang=US-EN; Domain=apple.com; Path=/; Secure; HttpOnly");
  reply.add("Set-Cookie", "site=USA; Domain=apple.com; Path=/; Secure; HttpOnly");
  reply.add("Set-Cookie",
            "aasp=" + random_token() + "; Domain=idmsa.apple.com; Path=/; Secure; HttpOnly");
  if (id.empty()) return reply;
  reply.add("X-Apple-ID-Session-Id", id);
  reply.add("X-Apple-Session-Token", token);
  reply.add("X-Apple-ID-Account-Country", "USA");
  reply.add("X-Apple-TwoSV-Trust-Eligible", "true");
  return reply;
}

bool SignIn::is_trusted(const Request& request) const {
  const json tokens = object_in(request).value("trustTokens", json::array());
  return std::ranges::any_of(tokens, [&](const json& token) {
    return token.is_string() &&
           sessions_->find(Sessions::Kind::trust, token.get<std::string>(), clock_->now()) !=
               nullptr;
  });
}

Result<std::string> SignIn::grant(bool proven, bool trusted) {
  return sessions_->grant(
      {Sessions::Kind::session, proven, trusted, clock_->now() + session_lifetime});
}

}  // namespace keepsake::simulate::icloud
