// SPDX-License-Identifier: GPL-3.0-or-later
// What servers write into headers: addresses, dates, waits, cookies.
#include "fuzz.h"
#include "net/cookies.h"
#include "net/http_date.h"
#include "net/retry.h"
#include "net/url.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  static_cast<void>(net::parse_http_date(text));
  const auto wait = net::parse_retry_after(text, Instant{});
  fuzz::must(!wait || *wait >= net::Delay::zero());
  const auto url = net::Url::parse(text);
  if (url) {
    const auto again = net::Url::parse(url->text());
    fuzz::must(again && *again == *url);
  }
  const auto from = net::Url::parse("https://www.example.com/path/page");
  net::CookieJar jar;
  jar.take(*from, {{"set-cookie", std::string(text)}}, Instant{});
  for (const net::Cookie& cookie : jar.all())
    fuzz::must(cookie.domain == "www.example.com" || cookie.domain == "example.com");
  static_cast<void>(jar.header_for(*from, Instant{}));
  return 0;
}
