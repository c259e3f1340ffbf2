// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/cookies.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using net::CookieJar;
using net::Headers;
using net::Url;

namespace {

Url url(std::string_view text) { return Url::parse(text).value(); }

struct Fixture {
  Instant now = parse_instant("2024-01-01T00:00:00Z").value();
  Url setup = url("https://setup.icloud.com/setup/ws/1/accountLogin");
  Url photos = url("https://p61-ckdatabasews.icloud.com/database");
  CookieJar jar;

  bool set(std::string_view line) { return set_from(setup, line); }

  bool set_from(const Url& from, std::string_view line) {
    Headers headers;
    headers.add("set-cookie", line);
    return jar.take(from, headers, now);
  }

  [[nodiscard]] std::string sent_to(const Url& to) const {
    const auto header = jar.header_for(to, now);
    return header ? std::string(header->reveal()) : "";
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a cookie of a domain goes to all its hosts, and to no other") {
  set(R"(X-APPLE-WEBAUTH-TOKEN="v=2:t=Aa==:x";Expires=Tue,16-Jan-2024 02:07:19 GMT;Path=/;Domain=.icloud.com;Secure;HttpOnly)");

  CHECK(sent_to(photos) == R"(X-APPLE-WEBAUTH-TOKEN="v=2:t=Aa==:x")");
  CHECK(sent_to(url("https://icloud.com/")) == R"(X-APPLE-WEBAUTH-TOKEN="v=2:t=Aa==:x")");
  CHECK(sent_to(url("https://noticloud.com/")).empty());
  CHECK(sent_to(url("https://icloud.com.example.org/")).empty());
  CHECK(sent_to(url("http://p61-ckdatabasews.icloud.com/")).empty());
  REQUIRE(jar.all().front().expires);
  CHECK(to_rfc3339(*jar.all().front().expires) == "2024-01-16T02:07:19Z");
}

TEST_CASE_FIXTURE(Fixture, "a cookie without a domain goes to its own host alone") {
  set("aasp=1; Path=/setup");

  CHECK(sent_to(setup) == "aasp=1");
  CHECK(sent_to(url("https://setup.icloud.com/setup")) == "aasp=1");
  CHECK(sent_to(url("https://setup.icloud.com/setups")).empty());
  CHECK(sent_to(url("https://www.setup.icloud.com/setup")).empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "a renewed cookie takes the old one's place; an empty one takes it away") {
  CHECK(set("a=1;Domain=icloud.com;Path=/"));
  CHECK(set("b=2;Domain=icloud.com;Path=/"));
  CHECK(!set("b=2;Domain=.icloud.com;Path=/"));

  CHECK(set("a=3;Domain=icloud.com;Path=/"));
  CHECK(sent_to(photos) == "a=3; b=2");
  CHECK(set(R"(a="";Domain=icloud.com;Path=/)"));
  CHECK(set("b=;Domain=icloud.com;Path=/"));
  CHECK(sent_to(photos).empty());
}

TEST_CASE_FIXTURE(Fixture, "what has expired is not sent, and takes away what was there") {
  set("a=1;Max-Age=60");
  set("b=1");
  set("b=1;Expires=Thu, 01 Jan 1970 00:00:00 GMT");

  CHECK(sent_to(setup) == "a=1");
  now += std::chrono::seconds(60);
  CHECK(sent_to(setup).empty());
}

TEST_CASE_FIXTURE(Fixture, "an attribute that cannot be read does not lose the cookie") {
  set("a=1; Expires=one fine day; Max-Age=x; Path=here; SameSite=None; Priority");

  CHECK(sent_to(setup) == "a=1");
}

TEST_CASE_FIXTURE(Fixture, "no host sets cookies for others") {
  CHECK(!set("a=1;Domain=apple.com"));
  CHECK(!set("a=1;Domain=com"));
  CHECK(!set("a=1;Domain=p61-ckdatabasews.icloud.com"));
  CHECK(!set("no name and no value"));
  CHECK(jar.all().empty());
}

TEST_CASE_FIXTURE(Fixture, "a server of this machine stands for whatever domain it likes") {
  const auto here = url("http://127.0.0.1:8080/setup");
  set_from(here, "a=1;Domain=.icloud.com;Path=/;Secure");

  CHECK(sent_to(here) == "a=1");
  CHECK(sent_to(photos).empty());
}
