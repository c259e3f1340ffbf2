// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/bandwidth.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace std::chrono_literals;
using config::Bandwidth;

TEST_CASE("one bandwidth counts all day, and is written as it is read") {
  const auto all_day = Bandwidth::parse("2.5 MB/s").value();

  CHECK(all_day.at(0min) == ByteCount{2'500'000});
  CHECK(all_day.at(23h + 59min) == ByteCount{2'500'000});
  CHECK(Bandwidth::parse(all_day.text()).value() == all_day);
}

TEST_CASE("each hour's bandwidth counts until the next one's, over midnight too") {
  const auto day = Bandwidth::parse("08:00 500 kB/s, 18:00 5 MB/s,23:30 off").value();

  CHECK(day.at(7h + 59min) == std::nullopt);
  CHECK(day.at(8h) == ByteCount{500'000});
  CHECK(day.at(17h + 59min) == ByteCount{500'000});
  CHECK(day.at(18h) == ByteCount{5'000'000});
  CHECK(day.at(23h + 29min) == ByteCount{5'000'000});
  CHECK(day.at(23h + 30min) == std::nullopt);
  CHECK(day.text() == "08:00 500 kB/s, 18:00 5000 kB/s, 23:30 off");
  CHECK(Bandwidth::parse(day.text()).value() == day);
}

TEST_CASE("what is no bandwidth is refused, with how one is written") {
  for (const auto* text : {"",
                           "fast",
                           "5",
                           "5 MB",
                           "1 B/s",
                           "0 kB/s",
                           "-5 MB/s",
                           "08:00",
                           "08:00 ",
                           "24:00 5 MB/s",
                           "8:00 5 MB/s",
                           "08:60 5 MB/s",
                           "+8:00 5 MB/s",
                           "08:00 5 MB/s,",
                           "5 MB/s, 08:00 off",
                           "10:00 off, 10:00 5 MB/s",
                           "10:00 off, 08:00 5 MB/s"}) {
    CAPTURE(text);
    const auto refused = Bandwidth::parse(text);
    REQUIRE(!refused);
    CHECK(refused.error().cause == Cause::invalid);
  }
}
