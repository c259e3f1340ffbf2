// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/password_proof.h"

#include "base/text.h"
#include "crypto/srp.h"
#include "source/icloud/replies.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace keepsake::source::icloud {

namespace {

using crypto::LeadingZeros;
using nlohmann::json;

/// What Apple's answer to the first step brings.
struct Challenge {
  crypto::SrpStretch stretch;
  Bytes server_value;
  std::string id;  ///< "c": names the handshake
};

std::optional<Challenge> challenge_in(std::string_view body) {
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto protocol = crypto::srp_protocol_named(text_in(object, "protocol"));
  auto salt = from_base64(text_in(object, "salt"));
  auto server_value = from_base64(text_in(object, "b"));
  const auto iterations = object.find("iteration");
  if (!protocol || !salt || !server_value || iterations == object.end() ||
      !iterations->is_number_unsigned() ||
      iterations->get<std::uint64_t>() > crypto::max_srp_iterations)
    return std::nullopt;
  return Challenge{{*protocol, *std::move(salt), iterations->get<std::uint32_t>()},
                   *std::move(server_value),
                   text_in(object, "c")};
}

bool has_error_code(const net::Response& answer, std::string_view code) {
  if (answer.headers.find("X-Apple-I-Ercd") == code) return true;
  const auto object = json::parse(answer.body, nullptr, false);
  if (!object.is_object()) return false;
  for (const char* spelling : {"serviceErrors", "service_errors"}) {
    const auto errors = object.find(spelling);
    if (errors == object.end() || !errors->is_array()) continue;
    for (const json& error : *errors)
      if (error.is_object() && text_in(error, "code") == code) return true;
  }
  return false;
}

Error refused_computer() {
  return problem(
      Cause::throttled,
      "Apple lets nobody sign in from this computer for a while. Wait at least a quarter "
      "of an hour, then sign in again; more tries only prolong it");
}

Error wrong_password() {
  return problem(Cause::wrong_password,
                 "Apple says that the account's name or its password is wrong. Nothing was tried "
                 "again. An app-specific password does not work here");
}

/// One handshake from its beginning to Apple's verdict.
class Handshake {
 public:
  Handshake(Web& web, const std::string& account, const Secret& password, std::stop_token stop)
      : web_(web), account_(account), password_(password), stop_(std::move(stop)) {}

  Result<net::Response> run(LeadingZeros zeros) {
    const crypto::SrpClient client;
    const auto challenge = TRY(begin(client));
    const auto proof =
        TRY(client.prove(account_, password_, challenge.stretch, challenge.server_value, zeros));
    depends_on_zeros_ = proof.depends_on_zeros;
    return complete(challenge, proof);
  }

  /// Whether a refusal may only mean that Apple counts leading zeros the other way.
  [[nodiscard]] bool depends_on_zeros() const { return depends_on_zeros_; }

 private:
  Result<Challenge> begin(const crypto::SrpClient& client) {
    const json body{{"a", to_base64(client.public_value())},
                    {"accountName", account_},
                    {"protocols", {"s2k", "s2k_fo"}}};
    const auto answer = TRY(web_.ask_identity({"POST", "/signin/init", body.dump()}, stop_));
    if (answer.status == 503 || answer.status == 429) return fail(refused_computer());
    if (answer.status == 401) return fail(wrong_password());
    if (!answer.is_success()) return fail(refusal(sign_in_service, answer));
    auto challenge = challenge_in(answer.body);
    if (!challenge)
      return fail(problem(Cause::corrupt, "Apple's answer to the sign-in cannot be read"));
    return *std::move(challenge);
  }

  Result<net::Response> complete(const Challenge& challenge, const crypto::SrpProof& proof) {
    auto trust_tokens = web_.session().with([](const Tokens& tokens) {
      auto list = json::array();
      if (!tokens.trust_token.empty()) list.push_back(tokens.trust_token.reveal());
      return list;
    });
    const json body{{"accountName", account_},
                    {"c", challenge.id},
                    {"m1", to_base64(proof.m1.bytes)},
                    {"m2", to_base64(proof.m2.bytes)},
                    {"rememberMe", true},
                    {"trustTokens", std::move(trust_tokens)}};
    return web_.ask_identity({"POST", "/signin/complete?isRememberMeEnabled=true", body.dump()},
                             stop_);
  }

  Web& web_;
  const std::string& account_;
  const Secret& password_;
  std::stop_token stop_;
  bool depends_on_zeros_ = false;
};

/// A browser comes by these two pages first, and takes a session with it. It is no matter if they
/// do not answer. Causes: cancelled.
Result<> come_by_the_front_door(Web& web, const std::string& account, const std::stop_token& stop) {
  const auto client_id = web.session().with([](const Tokens& tokens) { return tokens.client_id; });
  const auto page = fmt::format(
      "/authorize/signin?frame_id={0}&language=en_US&skVersion=7&iframeId={0}&client_id={1}"
      "&redirect_uri=https://www.icloud.com&response_type=code&response_mode=web_message&state={0}"
      "&authVersion=latest",
      client_id,
      web_page::widget_key);
  const json body{{"accountName", account}, {"rememberMe", true}};
  for (const Web::Question& question :
       {Web::Question{"GET", page, {}, "text/html"},
        Web::Question{"POST", "/federate?isRememberMeEnabled=true", body.dump()}}) {
    const auto answer = web.ask_identity(question, stop);
    if (!answer && answer.error().cause == Cause::cancelled) return fail(answer.error());
  }
  return {};
}

Result<Admission> verdict(Web& web, const net::Response& answer, const std::stop_token& stop) {
  // A second status code outranks the first.
  if (answer.headers.find("X-Apple-I-Rscd") == "401" || has_error_code(answer, "-20101"))
    return fail(wrong_password());
  switch (answer.status) {
    case 200:
      return Admission::admitted;
    case 409:
      return Admission::wants_second_factor;
    case 401:
      return fail(wrong_password());
    case 403:
      return fail(problem(Cause::refused,
                          "Apple refuses this account: the password may be wrong, or the account "
                          "locked. Sign in at https://www.icloud.com with a browser to see which"));
    case 412: {
      // An account without a second factor, which Apple would like to have one.
      const auto repaired = TRY(web.ask_identity({"POST", "/repair/complete", "{}"}, stop));
      if (!repaired.is_success()) return fail(refusal(sign_in_service, repaired));
      return Admission::admitted;
    }
    case 429:
    case 503:
      return fail(refused_computer());
    default:
      return fail(refusal(sign_in_service, answer));
  }
}

bool is_refusal(const net::Response& answer) {
  return answer.status == 401 || answer.headers.find("X-Apple-I-Rscd") == "401";
}

}  // namespace

Result<Admission> prove_password(Web& web,
                                 const std::string& account_name,
                                 const Secret& password,
                                 const std::stop_token& stop) {
  const auto account = lower_case(account_name);
  TRY(web.session().begin_anew());
  TRY(come_by_the_front_door(web, account, stop));
  Handshake handshake(web, account, password, stop);
  auto answer = TRY(handshake.run(LeadingZeros::dropped));
  if (is_refusal(answer) && handshake.depends_on_zeros())
    answer = TRY(handshake.run(LeadingZeros::kept));
  return verdict(web, answer, stop);
}

}  // namespace keepsake::source::icloud
