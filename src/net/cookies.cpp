// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/cookies.h"

#include "base/text.h"
#include "net/http_date.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>

namespace keepsake::net {

namespace {

constexpr std::size_t most_cookies = 200;
constexpr std::size_t most_bytes = std::size_t{16} << 10U;

/// The text before the next ';', which is taken away with it.
std::string_view next_part(std::string_view& text) {
  const auto end = std::min(text.find(';'), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

std::pair<std::string_view, std::string_view> halves(std::string_view part) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) return {part, {}};
  return {trimmed(part.substr(0, equals)), trimmed(part.substr(equals + 1))};
}

/// Without a seconds' number nothing is said.
std::optional<Instant> after_seconds(std::string_view text, Instant now) {
  std::int64_t seconds = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  constexpr std::int64_t a_century = 3'155'760'000;
  return now + std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, a_century));
}

bool is_below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

bool covers(const Cookie& cookie, const Url& url) {
  const bool host_fits =
      url.host() == cookie.domain || (!cookie.host_only && is_below(url.host(), cookie.domain));
  if (!host_fits || (cookie.secure && !url.is_secure() && !url.is_loopback())) return false;
  const auto path = url.path();
  return path == cookie.path || (path.starts_with(cookie.path) &&
                                 (cookie.path.ends_with('/') || path[cookie.path.size()] == '/'));
}

bool is_same(const Cookie& left, const Cookie& right) {
  return left.name == right.name && left.domain == right.domain && left.path == right.path;
}

/// Nothing for what is no cookie, or one for hosts that are none of the sender's business.
std::optional<Cookie> cookie_in(std::string_view line, const Url& from, Instant now) {
  if (line.size() > most_bytes) return std::nullopt;
  const auto [name, value] = halves(next_part(line));
  if (name.empty()) return std::nullopt;
  Cookie cookie;
  cookie.name = name;
  cookie.value = Secret(std::string(value));
  cookie.domain = from.host();
  std::optional<Instant> from_age;
  while (!line.empty()) {
    const auto [attribute, said] = halves(next_part(line));
    const auto key = lower_case(attribute);
    if (key == "expires") cookie.expires = parse_http_date(said);
    if (key == "max-age") from_age = after_seconds(said, now);
    if (key == "secure") cookie.secure = true;
    if (key == "path" && said.starts_with('/')) cookie.path = said;
    if (key == "domain" && !from.is_loopback()) {
      auto domain = lower_case(said);
      if (domain.starts_with('.')) domain.erase(0, 1);
      const bool is_own = domain == from.host() || is_below(from.host(), domain);
      if (domain.find('.') == std::string::npos || !is_own) return std::nullopt;
      cookie.domain = std::move(domain);
      cookie.host_only = false;
    }
  }
  if (from_age) cookie.expires = from_age;
  return cookie;
}

}  // namespace

bool CookieJar::take(const Url& from, const Headers& headers, Instant now) {
  bool changed = false;
  for (const auto line : headers.all("Set-Cookie")) {
    auto cookie = cookie_in(line, from, now);
    if (!cookie) continue;
    const auto value = cookie->value.reveal();
    const bool ends =
        value.empty() || value == "\"\"" || (cookie->expires && *cookie->expires <= now);
    const bool did = ends ? drop(*cookie) : put(*std::move(cookie));
    changed = changed || did;
  }
  return changed;
}

std::optional<Secret> CookieJar::header_for(const Url& url, Instant now) const {
  std::string header;
  for (const Cookie& cookie : cookies_) {
    if (!covers(cookie, url) || (cookie.expires && *cookie.expires <= now)) continue;
    if (!header.empty()) header += "; ";
    header += cookie.name;
    header += '=';
    header += cookie.value.reveal();
  }
  return header.empty() ? std::nullopt : std::optional<Secret>(std::move(header));
}

bool CookieJar::put(Cookie cookie) {
  const auto known = std::find_if(cookies_.begin(), cookies_.end(), [&](const Cookie& other) {
    return is_same(other, cookie);
  });
  if (known == cookies_.end()) {
    if (cookies_.size() >= most_cookies) cookies_.erase(cookies_.begin());
    cookies_.push_back(std::move(cookie));
    return true;
  }
  const bool changed =
      known->value.reveal() != cookie.value.reveal() || known->expires != cookie.expires;
  *known = std::move(cookie);
  return changed;
}

bool CookieJar::drop(const Cookie& like) {
  return std::erase_if(cookies_, [&](const Cookie& other) { return is_same(other, like); }) > 0;
}

}  // namespace keepsake::net
