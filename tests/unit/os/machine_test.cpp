// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/machine.h"

#include <doctest/doctest.h>

using namespace keepsake;

TEST_CASE("no two ids are alike") { CHECK(os::random_id() != os::random_id()); }

TEST_CASE("the system's clock goes forward and is past 2024") {
  const auto now = os::system_clock().now();

  CHECK(now > parse_instant("2024-01-01T00:00:00Z").value());
  CHECK(os::system_clock().now() >= now);
}

TEST_CASE("a process has had some memory") {
  CHECK(os::peak_memory() > ByteCount{std::uint64_t{1} << 20U});
}
