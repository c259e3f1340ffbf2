// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/setup.h"

#include "base/result.h"
#include "simulate/icloud/account.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/hosts.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/sessions.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view root = "/setup/ws/1/";
constexpr std::string_view web_token = "X-APPLE-WEBAUTH-TOKEN";
constexpr std::string_view keys_token = "X-APPLE-WEBAUTH-PCS-Photos";
constexpr std::string_view sharing_keys_token = "X-APPLE-WEBAUTH-PCS-Sharing";
constexpr std::string_view before_token = "v=2:t=";
constexpr unsigned answers_to_a_cookie = 20;

struct Step {
  std::string_view path;
  std::string_view name;
};

constexpr std::array steps{
    Step{"accountLogin", "login"},
    Step{"validate", "validate"},
    Step{"logout", "logout"},
    Step{"getTerms", "terms"},
    Step{"repairDone", "accept-terms"},
    Step{"requestWebAccessState", "web-access"},
    Step{"enableDeviceConsentForPCS", "consent"},
    Step{"requestPCS", "keys"},
    Step{"storageUsageInfo", "storage"},
};

Reply no_session() {
  return reply_of(
      421, {{"success", false}, {"error", 1}, {"reason", "Missing X-APPLE-WEBAUTH-TOKEN cookie"}});
}

/// Apple's dates lack the blank behind the comma at times.
std::string expiry(Instant instant) {
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  return fmt::format("{:%a,%d-%b-%Y %H:%M:%S GMT}", fmt::gmtime(second.time_since_epoch().count()));
}

std::string cookie(std::string_view name,
                   std::string_view value,
                   Instant until,
                   const Request& to) {
  return fmt::format("{}=\"{}\";Expires={}{}", name, value, expiry(until), cookie_scope(to));
}

/// One that lasts as long as the browser.
std::string brief_cookie(std::string_view name, std::string_view value, const Request& to) {
  return fmt::format("{}=\"{}\"{}", name, value, cookie_scope(to));
}

/// The web token as its cookie carries it, and back.
std::string web_value(std::string_view token) { return fmt::format("{}{}", before_token, token); }

std::optional<std::string> web_token_of(const Request& request) {
  const auto value = request.cookie(web_token);
  if (!value || !value->starts_with(before_token)) return std::nullopt;
  return value->substr(before_token.size());
}

json services(const Request& asked, bool with_web_access) {
  const auto at = [&](Service service) {
    return json{{"url", address_of(service, asked)}, {"status", "active"}};
  };
  const auto with_keys = [&](Service service) {
    json entry = at(service);
    entry["pcsRequired"] = true;
    return entry;
  };
  json all = {{"photosupload", with_keys(Service::upload)},
              {"uploadimagews", at(Service::upload_images)},
              {"photos", with_keys(Service::photos)},
              {"sharedstreams", at(Service::shared_streams)},
              {"sharedlibrary", at(Service::shared_library)},
              {"account", at(Service::account)},
              {"push", at(Service::push)}};
  all["photos"]["uploadUrl"] = address_of(Service::upload, asked);
  if (with_web_access) all["ckdatabasews"] = with_keys(Service::database);
  return all;
}

}  // namespace

std::string_view setup_step_of(const Request& request) {
  if (!request.path.starts_with(root)) return {};
  const auto path = std::string_view(request.path).substr(root.size());
  const auto* const found = std::ranges::find(steps, path, &Step::path);
  return found == steps.end() ? std::string_view() : found->name;
}

Setup::Setup(const Account& account, Sessions& sessions, Faults& faults, os::Clock& clock)
    : account_(&account), sessions_(&sessions), faults_(&faults), clock_(&clock) {}

Reply Setup::answer(std::string_view step, const Request& request) {
  if (step == "login") return login(request);
  if (session_of(request) == nullptr) return no_session();
  if (step == "validate") return validate(request);
  if (step == "logout") return logout(request);
  if (step == "terms") return terms(request, false);
  if (step == "accept-terms") return terms(request, true);
  if (step == "web-access") return web_access(request);
  if (step == "consent") return ask_consent(request);
  if (step == "keys") return keys(request);
  return storage(request);
}

std::optional<Reply> Setup::refuse(const Request& request) {
  const auto* session = session_of(request);
  if (session == nullptr || !session->proven)
    return reply_of(401,
                    {{"uuid", random_uuid()},
                     {"serverErrorCode", "AUTHENTICATION_FAILED"},
                     {"error", 1},
                     {"reason", "Missing X-APPLE-WEBAUTH-TOKEN cookie"}});
  if (faults_->strike("adp", "query") == nullptr) return std::nullopt;
  const auto holds = [&](std::string_view name) {
    const auto value = request.cookie(name);
    return value && sessions_->find(Sessions::Kind::keys, *value, clock_->now()) != nullptr;
  };
  if (holds(keys_token) && holds(sharing_keys_token)) return std::nullopt;
  return reply_of(423,
                  {{"uuid", random_uuid()},
                   {"serverErrorCode", "ACCESS_DENIED"},
                   {"reason", "private db access disabled for this account"}});
}

void Setup::renew(const Request& request, Reply& reply) {
  const bool each_time = faults_->strike("renew", "query") != nullptr;
  if (++answers_ % answers_to_a_cookie != 0 && !each_time) return;
  if (const auto token = web_cookie(request))
    reply.add("Set-Cookie", brief_cookie(web_token, web_value(*token), request));
}

Reply Setup::login(const Request& request) {
  const json asked = object_in(request);
  const auto* session =
      sessions_->find(Sessions::Kind::session, asked.value("dsWebAuthToken", ""), clock_->now());
  if (session == nullptr)
    return reply_of(421, {{"success", false}, {"error", "Invalid Session Token"}});
  if (faults_->strike("other-domain", "login") != nullptr)
    return reply_of(
        302,
        {{"domainToUse", apple_domain(request.host) == "com.cn" ? "iCloud.com" : "iCloud.com.cn"}});
  const bool trusted = session->trusted || sessions_->find(Sessions::Kind::trust,
                                                           asked.value("trustToken", ""),
                                                           clock_->now()) != nullptr;
  return with_account(request, session->proven || trusted, trusted || !account_->second_factor);
}

Reply Setup::validate(const Request& request) {
  const auto* session = session_of(request);
  return with_account(request, session->proven, session->trusted);
}

Reply Setup::logout(const Request& request) {
  auto reply = reply_of(200, {{"success", true}});
  reply.add("Set-Cookie", brief_cookie(web_token, "", request));
  if (const auto token = web_token_of(request))
    if (!sessions_->promote(*token, {Sessions::Kind::web, false, false, Instant{}}))
      return reply_of(500, {{"success", false}});
  return reply;
}

Reply Setup::terms(const Request&, bool accepted) {
  terms_accepted_ = terms_accepted_ || accepted;
  if (accepted) return reply_of(200, {{"success", true}});
  return reply_of(200, {{"iCloudTerms", {{"version", 5}}}});
}

Reply Setup::web_access(const Request&) {
  const bool protects = faults_->strike("adp", "web-access") != nullptr;
  return reply_of(
      200, {{"isICDRSDisabled", protects}, {"isDeviceConsentedForPCS", protects && consented_}});
}

Reply Setup::ask_consent(const Request&) {
  consent_asked_ = true;
  return reply_of(200, {{"isDeviceConsentNotificationSent", true}});
}

Reply Setup::keys(const Request& request) {
  if (!consented_)
    return reply_of(200,
                    {{"status", "pending"},
                     {"message",
                      consent_asked_ ? "Requested the device to upload cookies."
                                     : "Cookies not available yet on server."}});
  auto reply = reply_of(200, {{"status", "success"}});
  const auto until = clock_->now() + keys_lifetime;
  for (const auto name : {keys_token, sharing_keys_token}) {
    const auto token = sessions_->grant({Sessions::Kind::keys, true, true, until});
    if (!token) return reply_of(500, {{"success", false}});
    reply.add("Set-Cookie", cookie(name, *token, until, request));
  }
  return reply;
}

Reply Setup::storage(const Request&) {
  constexpr std::int64_t total = 53'687'091'200;
  const bool is_nearly_full = faults_->strike("almost-full", "storage") != nullptr;
  const std::int64_t used = is_nearly_full ? total - 20'000'000 : total / 5;
  return reply_of(200,
                  {{"storageUsageByMedia",
                    {{{"mediaKey", "photos"},
                      {"displayLabel", "Photos and Videos"},
                      {"displayColor", "ffcc00"},
                      {"usageInBytes", used}}}},
                   {"storageUsageInfo",
                    {{"compStorageInBytes", 0},
                     {"usedStorageInBytes", used},
                     {"totalStorageInBytes", total},
                     {"commerceStorageInBytes", 0}}},
                   {"quotaStatus",
                    {{"overQuota", false},
                     {"haveMaxQuotaTier", false},
                     {"almost-full", is_nearly_full},
                     {"paidQuota", true}}}});
}

const Sessions::Grant* Setup::session_of(const Request& request) const {
  const auto token = web_token_of(request);
  return token ? sessions_->find(Sessions::Kind::web, *token, clock_->now()) : nullptr;
}

Reply Setup::with_account(const Request& request, bool proven, bool trusted) {
  const bool with_web_access = faults_->strike("no-web-access", "login") == nullptr;
  const bool with_terms = !terms_accepted_ && faults_->strike("terms", "login") != nullptr;
  const int version = account_->second_factor ? 2 : 1;
  auto reply =
      reply_of(200,
               {{"dsInfo",
                 {{"dsid", account_->dsid},
                  {"appleId", account_->email},
                  {"primaryEmail", account_->email},
                  {"fullName", "Jane Doe"},
                  {"languageCode", "en-us"},
                  {"countryCode", "USA"},
                  {"hsaVersion", version},
                  {"hsaEnabled", account_->second_factor},
                  {"hasICloudQualifyingDevice", true},
                  {"isWebAccessAllowed", with_web_access},
                  {"locked", false},
                  {"statusCode", 2}}},
                {"webservices", services(request, with_web_access)},
                {"hsaTrustedBrowser", trusted},
                {"hsaChallengeRequired", !proven},
                {"termsUpdateNeeded", with_terms},
                {"isRepairNeeded", false},
                {"iCDPEnabled", false},
                {"pcsEnabled", true},
                {"pcsServiceIdentitiesIncluded", proven},
                {"hasMinimumDeviceForPhotosWeb", true},
                {"isExtendedLogin", true},
                {"version", 2},
                {"apps", {{"photos", json::object()}}},
                {"requestInfo", {{"country", "US"}, {"timeZone", "EST"}, {"region", "NC"}}}});
  const auto until = clock_->now() + session_lifetime;
  const auto token = sessions_->grant({Sessions::Kind::web, proven, trusted, until});
  if (!token) return reply_of(500, {{"success", false}});
  reply.add("Set-Cookie", brief_cookie("X-APPLE-UNIQUE-CLIENT-ID", random_token(), request));
  reply.add("Set-Cookie",
            brief_cookie("X-APPLE-WEBAUTH-LOGIN", "v=1:t=" + random_token(), request));
  reply.add("Set-Cookie",
            brief_cookie("X-APPLE-WEBAUTH-VALIDATE", "v=1:t=" + random_token(), request));
  reply.add("Set-Cookie",
            cookie("X-APPLE-WEBAUTH-USER", "v=1:s=0:d=" + account_->dsid, until, request));
  reply.add("Set-Cookie", cookie("X-APPLE-DS-WEB-SESSION-TOKEN", random_token(), until, request));
  if (proven)
    reply.add("Set-Cookie", cookie(web_token, web_value(*token), until, request));
  else
    reply.add("Set-Cookie", brief_cookie("X-APPLE-WEBAUTH-HSA-LOGIN", random_token(), request));
  return reply;
}

Result<std::string> Setup::web_cookie(const Request& request) {
  const auto* session = session_of(request);
  expect(session != nullptr, "only a session is renewed");
  return sessions_->grant(
      {Sessions::Kind::web, session->proven, session->trusted, clock_->now() + session_lifetime});
}

}  // namespace keepsake::simulate::icloud
