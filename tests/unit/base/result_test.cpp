// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <doctest/doctest.h>

using namespace keepsake;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Cause::invalid, "{} is odd", number);
  return number / 2;
}

Result<int> quarter(int number) {
  const int once = TRY(half(number));
  return TRY(half(once));
}

}  // namespace

TEST_CASE("an error leaves through every TRY on its way") {
  CHECK(*quarter(8) == 2);
  REQUIRE_FALSE(quarter(6));
  CHECK(quarter(6).error().what == "3 is odd");
}

TEST_CASE("an error names its thing once") {
  const auto result = Result<int>(half(3).map_error(in("first")).map_error(in("second")));

  CHECK(result.error().message() == "first: 3 is odd");
}

TEST_CASE("every cause has a name of its own") {
  for (int i = 0; i <= static_cast<int>(Cause::safety_stop); ++i) {
    const auto cause = static_cast<Cause>(i);
    CHECK(cause_named(name(cause)) == cause);
  }
  CHECK_FALSE(cause_named("nonsense"));
}
