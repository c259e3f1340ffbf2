// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/addresses.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::source::icloud;
using namespace std::chrono_literals;

namespace {

constexpr AddressBook::Time start{};

}  // namespace

TEST_CASE("an address is good for less than the hour that Apple gives it") {
  AddressBook book;
  book.note({{"M", "resOriginal", "sum", "https://a"}}, start);

  CHECK(book.find("M", "resOriginal", start + 49min)->url == "https://a");
  CHECK(!book.find("M", "resOriginal", start + 51min));
  CHECK(!book.find("M", "resOriginalAlt", start));
}

TEST_CASE("a newer address takes the place of an older one") {
  AddressBook book;
  book.note({{"M", "resOriginal", "sum", "https://a"}}, start);
  book.note({{"M", "resOriginal", "sum", "https://b"}}, start + 40min);

  CHECK(book.find("M", "resOriginal", start + 80min)->url == "https://b");
}

TEST_CASE("a forgotten address is asked for again") {
  AddressBook book;
  book.note({{"M", "resOriginal", "sum", "https://a"}}, start);

  book.forget("M", "resOriginal");

  CHECK(!book.find("M", "resOriginal", start));
}

TEST_CASE("addresses of a large library do not fill the memory: the oldest go") {
  AddressBook book;
  for (int i = 0; i < 10'000; ++i)
    book.note({{std::to_string(i), "resOriginal", "sum", "https://a"}}, start);

  CHECK(!book.find("0", "resOriginal", start));
  CHECK(book.find("9999", "resOriginal", start));
}
