// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/session.h"

#include "source/icloud/uuid.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

namespace {

using nlohmann::json;

constexpr int version = 1;
constexpr ByteCount largest_file{1 << 20};

/// The cookies whose end means another sign-in by a person, the first that tells one: the trust,
/// and the session, which answers renew without saying for how long.
constexpr std::array<std::string_view, 3> telling_cookies{
    "X-APPLE-WEBAUTH-HSA-TRUST", "X-APPLE-WEBAUTH-TOKEN", "X-APPLE-WEBAUTH-USER"};

std::string revealed(const Secret& secret) { return std::string(secret.reveal()); }

json cookie_object(const net::Cookie& cookie) {
  json object{{"name", cookie.name},
              {"value", revealed(cookie.value)},
              {"domain", cookie.domain},
              {"host_only", cookie.host_only},
              {"path", cookie.path},
              {"secure", cookie.secure}};
  if (cookie.expires) object["expires"] = to_rfc3339(*cookie.expires);
  return object;
}

net::Cookie cookie_in(const json& object) {
  net::Cookie cookie;
  cookie.name = object.at("name").get<std::string>();
  cookie.value = Secret(object.at("value").get<std::string>());
  cookie.domain = object.at("domain").get<std::string>();
  cookie.host_only = object.at("host_only").get<bool>();
  cookie.path = object.at("path").get<std::string>();
  cookie.secure = object.at("secure").get<bool>();
  if (object.contains("expires"))
    cookie.expires = parse_instant(object["expires"].get<std::string>());
  return cookie;
}

json tokens_object(const Tokens& tokens) {
  json cookies = json::array();
  for (const net::Cookie& cookie : tokens.cookies.all()) cookies.push_back(cookie_object(cookie));
  json object{{"version", version},
              {"client_id", tokens.client_id},
              {"session_id", tokens.session_id},
              {"scnt", tokens.scnt},
              {"auth_attributes", tokens.auth_attributes},
              {"account_country", tokens.account_country},
              {"session_token", revealed(tokens.session_token)},
              {"trust_token", revealed(tokens.trust_token)},
              {"needs_no_code", tokens.needs_no_code},
              {"cookies", std::move(cookies)}};
  if (tokens.asked)
    object["asked"] = tokens.asked->phone ? json(*tokens.asked->phone) : json("devices");
  return object;
}

Tokens tokens_in(const json& object) {
  Tokens tokens;
  tokens.client_id = object.at("client_id").get<std::string>();
  tokens.session_id = object.at("session_id").get<std::string>();
  tokens.scnt = object.at("scnt").get<std::string>();
  tokens.auth_attributes = object.at("auth_attributes").get<std::string>();
  tokens.account_country = object.at("account_country").get<std::string>();
  tokens.session_token = Secret(object.at("session_token").get<std::string>());
  tokens.trust_token = Secret(object.at("trust_token").get<std::string>());
  tokens.needs_no_code = object.value("needs_no_code", false);
  std::vector<net::Cookie> cookies;
  for (const json& cookie : object.at("cookies")) cookies.push_back(cookie_in(cookie));
  tokens.cookies = net::CookieJar(std::move(cookies));
  if (object.contains("asked")) {
    tokens.asked.emplace();
    if (object["asked"].is_number_integer())
      tokens.asked->phone = object["asked"].get<std::int64_t>();
  }
  return tokens;
}

/// What another version kept, or nobody can understand, is as if it were not there.
Result<std::optional<Tokens>> read_tokens(os::SecretPlace& place) {
  const auto kept = TRY(place.read());
  if (!kept) return std::nullopt;
  try {
    const auto object = json::parse(kept->reveal());
    if (object.at("version").get<int>() != version) return std::nullopt;
    return tokens_in(object);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// Whether it brought something else than was known.
bool replace(std::string& known, std::optional<std::string_view> said) {
  if (!said || said->empty() || *said == known) return false;
  known = *said;
  return true;
}

bool replace(Secret& known, std::optional<std::string_view> said) {
  if (!said || said->empty() || *said == known.reveal()) return false;
  known = Secret(std::string(*said));
  return true;
}

}  // namespace

std::unique_ptr<os::SecretPlace> session_file(std::unique_ptr<os::Folder> state) {
  return os::private_file(std::move(state), RelativePath::known("session.json"), largest_file);
}

Result<std::unique_ptr<Session>> Session::open(std::unique_ptr<os::SecretPlace> place,
                                               os::Clock& clock) {
  auto kept = TRY(read_tokens(*place));
  Tokens tokens;
  if (kept) tokens = *std::move(kept);
  if (tokens.client_id.empty()) tokens.client_id = "auth-" + random_uuid();
  return std::unique_ptr<Session>(new Session(std::move(place), clock, std::move(tokens)));
}

bool Session::is_signed_in() {
  return tokens_.with([](const Tokens& tokens) { return !tokens.session_token.empty(); });
}

std::optional<Secret> Session::cookies_for(const net::Url& url) {
  return tokens_.with(
      [&](const Tokens& tokens) { return tokens.cookies.header_for(url, clock_.now()); });
}

Result<> Session::take(const net::Url& from, const net::Headers& answer) {
  return tokens_.with([&](Tokens& tokens) -> Result<> {
    const std::array changes{
        tokens.cookies.take(from, answer, clock_.now()),
        replace(tokens.session_id, answer.find("X-Apple-ID-Session-Id")),
        replace(tokens.scnt, answer.find("scnt")),
        replace(tokens.auth_attributes, answer.find("X-Apple-Auth-Attributes")),
        replace(tokens.account_country, answer.find("X-Apple-ID-Account-Country")),
        replace(tokens.session_token, answer.find("X-Apple-Session-Token")),
        replace(tokens.trust_token, answer.find("X-Apple-TwoSV-Trust-Token"))};
    const bool changed =
        std::any_of(changes.begin(), changes.end(), [](bool change) { return change; });
    return changed ? save(tokens) : Result<>();
  });
}

Result<> Session::note_asked(std::optional<AskedCode> asked) {
  return tokens_.with([&](Tokens& tokens) {
    tokens.asked = asked;
    return save(tokens);
  });
}

Result<> Session::note_signed_in(bool needs_no_code) {
  return tokens_.with([&](Tokens& tokens) {
    tokens.asked.reset();
    tokens.needs_no_code = needs_no_code;
    return save(tokens);
  });
}

Result<> Session::begin_anew() {
  return tokens_.with([&](Tokens& tokens) {
    tokens.session_id.clear();
    tokens.scnt.clear();
    tokens.auth_attributes.clear();
    tokens.asked.reset();
    return save(tokens);
  });
}

Result<> Session::save(const Tokens& tokens) {
  return place_->write(
      Secret(tokens_object(tokens).dump(2, ' ', false, json::error_handler_t::replace)));
}

std::optional<std::int64_t> sign_in_days_left(os::SecretPlace& place, Instant now) {
  const auto kept = read_tokens(place);
  if (!kept || !*kept) return std::nullopt;
  const Tokens& tokens = **kept;
  const auto end_of = [&](std::string_view prefix) {
    std::optional<Instant> end;
    for (const net::Cookie& cookie : tokens.cookies.all())
      if (cookie.name.starts_with(prefix) && cookie.expires)
        end = end ? std::min(*end, *cookie.expires) : *cookie.expires;
    return end;
  };
  std::optional<Instant> end;
  for (const std::string_view cookie : telling_cookies)
    if (!end) end = end_of(cookie);
  if (!end) return std::nullopt;
  return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::days>(*end - now).count());
}

}  // namespace keepsake::source::icloud
