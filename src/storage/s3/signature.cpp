// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/s3/signature.h"

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::storage::s3 {

namespace {

/// "20240305T060708Z"
std::string compact(Instant time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{seconds - day};
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     clock.hours().count(),
                     clock.minutes().count(),
                     clock.seconds().count());
}

std::string hex_of(std::string_view text) { return crypto::sha256(bytes_of(text)).hex(); }

/// Parts sorted by name, then value; a name without a value has an empty one.
std::string canonical_query(std::string_view target) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {};
  std::vector<std::string> parts;
  for (std::string_view rest = target.substr(mark + 1); !rest.empty();) {
    const auto end = rest.find('&');
    std::string part(rest.substr(0, end));
    if (part.find('=') == std::string::npos) part += '=';
    parts.push_back(std::move(part));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::ranges::sort(parts);
  return fmt::format("{}", fmt::join(parts, "&"));
}

/// Blanks around it go, and several within become one.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char byte : trimmed(value))
    if (byte != ' ' || text.back() != ' ') text += byte;
  return text;
}

bool is_signed(std::string_view name) {
  return name == "content-type" || name == "content-md5" || name.starts_with("x-amz-");
}

struct SignedHeaders {
  std::string lines;  ///< each with its newline
  std::string names;
};

SignedHeaders signed_headers(const net::Request& request) {
  const auto origin = request.url.origin();
  std::map<std::string, std::string> headers{{"host", origin.substr(origin.find("//") + 2)}};
  for (const auto& line : request.headers.lines())
    if (const auto name = lower_case(line.name); is_signed(name))
      headers[name] = canonical_value(line.value);
  SignedHeaders result;
  for (const auto& [name, value] : headers) {
    result.lines += fmt::format("{}:{}\n", name, value);
    result.names += fmt::format("{}{}", result.names.empty() ? "" : ";", name);
  }
  return result;
}

Digest signing_key(const Secret& secret, std::string_view day, std::string_view region) {
  const Secret first("AWS4" + std::string(secret.reveal()));
  auto key = crypto::hmac_sha256(bytes_of(first.reveal()), bytes_of(day));
  for (const std::string_view part : {region, std::string_view("s3"), {"aws4_request"}})
    key = crypto::hmac_sha256(key.bytes, bytes_of(part));
  return key;
}

}  // namespace

void sign(net::Request& request,
          const Credentials& credentials,
          std::string_view region,
          Instant now) {
  const auto time = compact(now);
  const auto day = std::string_view(time).substr(0, 8);
  const auto body = hex_of(request.body);
  request.headers.set("x-amz-date", time);
  request.headers.set("x-amz-content-sha256", body);
  if (credentials.session_token)
    request.headers.set("x-amz-security-token", credentials.session_token->reveal());

  const auto headers = signed_headers(request);
  const auto canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}",
                                     request.method,
                                     request.url.path(),
                                     canonical_query(request.url.target()),
                                     headers.lines,
                                     headers.names,
                                     body);
  const auto scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const auto text = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, hex_of(canonical));
  const auto key = signing_key(credentials.secret, day, region);
  request.headers.set(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                  credentials.key_id,
                  scope,
                  headers.names,
                  crypto::hmac_sha256(key.bytes, bytes_of(text)).hex()));
}

}  // namespace keepsake::storage::s3
