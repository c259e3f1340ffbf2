// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/url.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace keepsake::net {

namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 10U;
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool is_letter_or_digit(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte);
}

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

/// What RFC 3986 lets stand in a path or query, '%' included: what is encoded already stays so.
bool may_stand(char byte) {
  return is_letter_or_digit(byte) ||
         std::string_view("-._~:/?[]@!$&'()*+,;=%").find(byte) != std::string_view::npos;
}

void append_encoded(std::string& text, char byte) {
  text += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
}

std::string repaired(std::string_view target) {
  std::string text;
  for (const char byte : target) {
    if (may_stand(byte)) {
      text += byte;
    } else {
      append_encoded(text, byte);
    }
  }
  return text;
}

std::optional<std::uint16_t> port_in(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && rest == digits.data() + digits.size() && port != 0
             ? std::optional(port)
             : std::nullopt;
}

/// A name or an IPv4 address; of an IPv6 address what stands between its brackets.
bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char byte) {
    return is_letter_or_digit(byte) || byte == '.' || byte == '-' || byte == '_' || byte == ':';
  });
}

bool is_name_or_ipv4(std::string_view host) { return host.find(':') == std::string_view::npos; }

/// Takes the beginning of the text up to the first of these characters.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const auto length = std::min(text.find_first_of(ends), text.size());
  const auto taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const auto wrong = [](std::string_view why) {
    return fail(Cause::invalid, "this is no web address: {}", why);
  };
  if (text.size() > most_bytes) return wrong("it is far too long");
  if (std::any_of(text.begin(), text.end(), is_control)) return wrong("it has control characters");
  auto rest = text;
  const auto scheme = lower_case(take_until(rest, ":"));
  if (scheme != "http" && scheme != "https")
    return wrong("it begins with neither https:// nor http://");
  if (!rest.starts_with("://")) return wrong("there is no // after its scheme");
  rest.remove_prefix(3);

  Url url;
  url.is_secure_ = scheme == "https";
  url.port_ = url.is_secure_ ? https_port : http_port;
  auto authority = take_until(rest, "/?#");
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_ = repaired(authority.substr(0, at + 1));
    authority.remove_prefix(at + 1);
  }
  const bool bracketed = authority.starts_with('[');
  if (bracketed) authority.remove_prefix(1);
  url.host_ = lower_case(take_until(authority, bracketed ? "]" : ":"));
  if (bracketed) {
    if (!authority.starts_with(']')) return wrong("its [ is never closed");
    authority.remove_prefix(1);
  }
  if (!is_host(url.host_) || bracketed == is_name_or_ipv4(url.host_))
    return wrong("it names no host");
  if (!authority.empty()) {
    const auto port = authority.front() == ':' ? port_in(authority.substr(1)) : std::nullopt;
    if (!port) return wrong("its port is none");
    url.port_ = *port;
  }
  url.target_ = repaired(take_until(rest, "#"));
  if (!url.target_.starts_with('/')) url.target_.insert(0, "/");
  return url;
}

std::string_view Url::path() const {
  return std::string_view(target_).substr(0, target_.find('?'));
}

std::string Url::origin() const {
  const std::uint16_t usual = is_secure_ ? https_port : http_port;
  return fmt::format("{}://{}{}",
                     is_secure_ ? "https" : "http",
                     is_name_or_ipv4(host_) ? host_ : "[" + host_ + "]",
                     port_ == usual ? "" : fmt::format(":{}", port_));
}

Url Url::at(std::string_view target) const {
  Url url = *this;
  url.target_ = repaired(target);
  if (!url.target_.starts_with('/')) url.target_.insert(0, "/");
  return url;
}

bool Url::is_loopback() const {
  if (host_ == "localhost" || host_ == "::1") return true;
  const bool is_ipv4 = std::all_of(
      host_.begin(), host_.end(), [](char byte) { return byte == '.' || is_digit(byte); });
  return is_ipv4 && host_.starts_with("127.");
}

std::string Url::text() const {
  auto text = origin();
  text.insert(text.find("//") + 2, user_);
  return text + target_;
}

std::string encoded(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    if (is_letter_or_digit(byte) || std::string_view("-._~").find(byte) != std::string_view::npos) {
      result += byte;
    } else {
      append_encoded(result, byte);
    }
  }
  return result;
}

std::string encoded_path(std::string_view path) {
  std::string result;
  for (;;) {
    const auto slash = path.find('/');
    result += encoded(path.substr(0, slash));
    if (slash == std::string_view::npos) return result;
    result += '/';
    path.remove_prefix(slash + 1);
  }
}

std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    unsigned char byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() < 2 || error != std::errc() || rest != digits.data() + digits.size())
      return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

}  // namespace keepsake::net
