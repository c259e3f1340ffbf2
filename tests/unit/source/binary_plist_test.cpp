// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/binary_plist.h"

#include "tests/support/plist.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using source::integer_in_plist;
using source::real_in_plist;
using source::texts_in_plist;

TEST_CASE("a number is found by its name") {
  const auto list = plist::dictionary({{"lon", plist::real(-122.4194)},
                                       {"PLModelVersion", plist::integer(19320)},
                                       {"lat", plist::real(37.7749)},
                                       {"down", plist::integer(-5)}});

  CHECK(integer_in_plist(bytes_of(list), "PLModelVersion") == 19320);
  CHECK(integer_in_plist(bytes_of(list), "down") == -5);
  CHECK(real_in_plist(bytes_of(list), "lat") == 37.7749);
  CHECK(real_in_plist(bytes_of(list), "lon") == -122.4194);
  CHECK(real_in_plist(bytes_of(list), "down") == -5.0);
  CHECK(integer_in_plist(bytes_of(list), "lat") == std::nullopt);
  CHECK(integer_in_plist(bytes_of(list), "PLModelVersio") == std::nullopt);
}

TEST_CASE("a list of texts is read in both of its alphabets") {
  const auto list = plist::array({plist::ascii("beach"),
                                  plist::utf16(u"Z\u00FCrich \U0001F3D4"),
                                  plist::integer(7),
                                  plist::ascii("a keyword of more than fifteen letters")});

  CHECK(texts_in_plist(bytes_of(list)) ==
        std::vector<std::string>{
            "beach", "Z\u00FCrich \U0001F3D4", "a keyword of more than fifteen letters"});
  CHECK(texts_in_plist(bytes_of(plist::array({}))) == std::vector<std::string>{});
}

TEST_CASE("what is asked of another kind of list is not there") {
  const auto list = plist::array({plist::ascii("lat")});
  const auto dictionary = plist::dictionary({{"lat", plist::ascii("1.5")}});

  CHECK(real_in_plist(bytes_of(list), "lat") == std::nullopt);
  CHECK(real_in_plist(bytes_of(dictionary), "lat") == std::nullopt);
  CHECK(texts_in_plist(bytes_of(dictionary)) == std::nullopt);
  CHECK(texts_in_plist({}) == std::nullopt);
  CHECK(integer_in_plist({}, "lat") == std::nullopt);
}

TEST_CASE("a list cut short or with other bytes is read within its bounds") {
  const auto dictionary =
      plist::dictionary({{"lat", plist::real(1.5)}, {"PLModelVersion", plist::integer(13537)}});
  const auto texts = plist::array({plist::ascii("one"), plist::utf16(u"zwei")});
  CHECK(rc::check(
      [&](bool either, std::size_t cut, const std::vector<std::pair<std::size_t, char>>& changes) {
        const auto& whole = either ? dictionary : texts;
        auto bytes = whole.substr(0, cut % 2 == 0 ? whole.size() : cut % (whole.size() + 1));
        for (const auto& [place, byte] : changes)
          if (!bytes.empty()) bytes[place % bytes.size()] = byte;
        static_cast<void>(integer_in_plist(bytes_of(bytes), "PLModelVersion"));
        static_cast<void>(real_in_plist(bytes_of(bytes), "lat"));
        static_cast<void>(texts_in_plist(bytes_of(bytes)));
      }));
}
