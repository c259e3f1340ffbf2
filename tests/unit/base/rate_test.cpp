// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rate.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace std::chrono_literals;

namespace {

Rate of(std::uint64_t each_second) {
  return [each_second] { return ByteCount{each_second}; };
}

}  // namespace

TEST_CASE("a rate lets through so much a second, and no more after a pause") {
  const Meter::Time begin{};
  Meter limited(of(1000));
  Meter unlimited({});

  limited.take(ByteCount{500}, begin);
  unlimited.take(ByteCount{500}, begin);

  CHECK(limited.free_at() == begin + 500ms);
  CHECK(unlimited.free_at() == begin);
  limited.take(ByteCount{1000}, begin + 10s);
  CHECK(limited.free_at() == begin + 11s);
}

TEST_CASE("what goes at once is a fourth of what a second allows, and never nothing") {
  CHECK(Meter(of(1'000'000)).portion(10'000'000) == 250'000);
  CHECK(Meter(of(1'000'000)).portion(100) == 100);
  CHECK(Meter(of(10)).portion(10'000) == 1024);
  CHECK(Meter({}).portion(10'000'000) == 10'000'000);
}

TEST_CASE("a rate counts as it is now") {
  std::optional<ByteCount> now{1000};
  Meter meter([&] { return now; });

  meter.take(ByteCount{1000}, Meter::Time{});
  CHECK(meter.free_at() == Meter::Time{} + 1s);
  now.reset();
  meter.take(ByteCount{1'000'000}, Meter::Time{} + 1s);

  CHECK(meter.free_at() == Meter::Time{} + 1s);
}
