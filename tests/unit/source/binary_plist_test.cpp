// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/binary_plist.h"

#include "tests/support/photos_bundle.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;
using namespace keepsake::tests;
using source::photos::integer_in_plist;

TEST_CASE("a number is found by its name") {
  const auto plist = plist_with("PLModelVersion", 19320);

  CHECK(integer_in_plist(bytes_of(plist), "PLModelVersion") == 19320);
  CHECK(integer_in_plist(bytes_of(plist), "PLModelVersio") == std::nullopt);
  CHECK(integer_in_plist({}, "PLModelVersion") == std::nullopt);
}

TEST_CASE("a list cut short or with other bytes is read within its bounds") {
  const auto plist = plist_with("PLModelVersion", 13537);
  CHECK(rc::check([&](std::size_t cut, const std::vector<std::pair<std::size_t, char>>& changes) {
    auto bytes = plist.substr(0, cut % 2 == 0 ? plist.size() : cut % (plist.size() + 1));
    for (const auto& [place, byte] : changes)
      if (!bytes.empty()) bytes[place % bytes.size()] = byte;
    static_cast<void>(integer_in_plist(bytes_of(bytes), "PLModelVersion"));
  }));
}
