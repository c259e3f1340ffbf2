// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "base/time.h"
#include "net/headers.h"
#include "net/url.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::net {

struct Cookie {
  std::string name;
  Secret value;  ///< as it came, quotes included
  std::string domain;
  bool host_only = true;  ///< not for hosts below the domain
  std::string path = "/";
  bool secure = false;
  std::optional<Instant> expires;  ///< nothing: when the session ends, whoever decides that
};

/// Cookies as RFC 6265 has them, read leniently: what servers get wrong in a date or an attribute
/// does not lose the cookie. An empty value takes a cookie away. For one thread.
class CookieJar {
 public:
  CookieJar() = default;

  explicit CookieJar(std::vector<Cookie> cookies) : cookies_(std::move(cookies)) {}

  /// Takes those that an answer sets. Whether anything changed. A server of this machine may set
  /// cookies for whatever domain it stands for; they are its own.
  bool take(const Url& from, const Headers& headers, Instant now);

  /// The value of the Cookie header; nothing where there is none to send.
  [[nodiscard]] std::optional<Secret> header_for(const Url& url, Instant now) const;

  [[nodiscard]] const std::vector<Cookie>& all() const { return cookies_; }

 private:
  bool put(Cookie cookie);
  bool drop(const Cookie& like);

  std::vector<Cookie> cookies_;
};

}  // namespace keepsake::net
