// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/url.h"

#include <doctest/doctest.h>

using namespace keepsake;
using net::Url;

TEST_CASE("an address is taken apart") {
  const auto url =
      Url::parse("https://p61-ckdatabasews.icloud.com:443/database/1?a=b#part").value();

  CHECK(url.is_secure());
  CHECK(url.host() == "p61-ckdatabasews.icloud.com");
  CHECK(url.port() == 443);
  CHECK(url.path() == "/database/1");
  CHECK(url.target() == "/database/1?a=b");
  CHECK(url.text() == "https://p61-ckdatabasews.icloud.com/database/1?a=b");
}

TEST_CASE("an address without a path asks for the root") {
  CHECK(Url::parse("HTTP://Localhost:8080").value().text() == "http://localhost:8080/");
  CHECK(Url::parse("https://[::1]:8443?x=1").value().text() == "https://[::1]:8443/?x=1");
}

TEST_CASE("what is shown of an address has neither user nor query") {
  const auto url = Url::parse("https://anna:secret@example.com/photos?token=secret").value();

  CHECK(url.text() == "https://anna:secret@example.com/photos?token=secret");
  CHECK(url.shown() == "https://example.com/photos");
}

TEST_CASE("characters that may not stand in an address are encoded, and those encoded stay") {
  CHECK(Url::parse("https://a.b/B/x/${f}?o=ü y%20z").value().target() ==
        "/B/x/$%7Bf%7D?o=%C3%BC%20y%20z");
  CHECK(net::encoded("a b/ü=&") == "a%20b%2F%C3%BC%3D%26");
}

TEST_CASE("what is no web address is refused") {
  for (const char* text : {"",
                           "example.com",
                           "ftp://example.com/",
                           "file:///etc/passwd",
                           "https:/example.com",
                           "https://",
                           "https:///path",
                           "https://exa mple.com/",
                           "https://example.com:0/",
                           "https://example.com:65536/",
                           "https://example.com:80x/",
                           "https://[::1/",
                           "https://[example.com]/",
                           "https://example.com/\r\nHost: other"}) {
    CAPTURE(text);
    const auto url = Url::parse(text);
    REQUIRE(!url);
    CHECK(url.error().cause == Cause::invalid);
  }
}

TEST_CASE("only an address of this machine is loopback") {
  for (const char* text :
       {"http://127.0.0.1:1/", "http://127.9.9.9/", "https://localhost/", "http://[::1]/"})
    CHECK(Url::parse(text).value().is_loopback());
  for (const char* text : {"http://127.example.com/",
                           "http://localhost.example.com/",
                           "http://128.0.0.1/",
                           "https://user@127.0.0.1:x@example.com/"})
    CHECK(!Url::parse(text).value().is_loopback());
}

TEST_CASE("another path at the same origin keeps the user") {
  const auto url = Url::parse("http://anna:x@host:81/a?b").value();

  CHECK(url.at("/c?d=e").text() == "http://anna:x@host:81/c?d=e");
}
