// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"

#include "base/bytes.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;

TEST_CASE("decomposed and composed names fold to the same name, and so do capitals") {
  CHECK(folded("Cafe\u0301.JPG") == folded("caf\u00e9.jpg"));
  CHECK(to_nfc("Cafe\u0301") == "Caf\u00e9");
  CHECK(folded("STRASSE") == folded("stra\u00dfe"));
}

TEST_CASE("any bytes survive being shown") {
  CHECK(shown("IMG_1.JPG") == "IMG_1.JPG");
  CHECK(shown("a\\b") == "a\\b");
  CHECK(shown("a\\\xff") == "a\\\\\\xFF");
  CHECK(rc::check([](const std::string& bytes) {
    if (!is_utf8(bytes)) RC_ASSERT(unshown(shown(bytes)) == bytes);
  }));
}

TEST_CASE("hexadecimal and base64 give back what they were made from") {
  CHECK(rc::check([](const std::string& text) {
    const auto bytes = bytes_of(text);
    RC_ASSERT(std::string(text_of(*from_hex(to_hex(bytes)))) == text);
    RC_ASSERT(std::string(text_of(*from_base64(to_base64(bytes)))) == text);
  }));
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex("zz"));
  CHECK_FALSE(from_base64("a==="));
  CHECK_FALSE(from_base64("ab=c"));
}

TEST_CASE("a star in a pattern stands for any run") {
  CHECK(matches_glob("img_00*", "img_0042.heic"));
  CHECK(matches_glob("*.heic", "img_0042.heic"));
  CHECK(matches_glob("*0*2*", "img_0042.heic"));
  CHECK(matches_glob("img_004?.heic", "img_0042.heic"));
  CHECK_FALSE(matches_glob("img", "img_0042.heic"));
  CHECK_FALSE(matches_glob("*.jpg", "img_0042.heic"));
}

TEST_CASE("a mistyped word finds its neighbour and a strange one does not") {
  const std::string words[] = {"layout", "exclude", "sources"};

  CHECK(nearest("exlude", std::begin(words), std::end(words)) == "exclude");
  CHECK_FALSE(nearest("password", std::begin(words), std::end(words)));
}
