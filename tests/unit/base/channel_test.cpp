// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/channel.h"

#include "base/task_scope.h"

#include <doctest/doctest.h>

using namespace keepsake;

TEST_CASE("everything sent through a full channel arrives in order") {
  Channel<int> channel(2);
  std::vector<int> arrived;
  TaskScope scope{std::stop_token()};

  scope.start([&](const std::stop_token& stop) -> Result<> {
    for (int i = 0; i < 1000; ++i) channel.send(i, stop);
    channel.close();
    return {};
  });
  scope.start([&](const std::stop_token& stop) -> Result<> {
    while (auto value = channel.receive(stop)) arrived.push_back(*value);
    return {};
  });

  REQUIRE(scope.join());
  REQUIRE(arrived.size() == 1000);
  CHECK(arrived.back() == 999);
}

TEST_CASE("one task that fails ends the others, and its error is returned") {
  Channel<int> never(1);
  TaskScope scope{std::stop_token()};

  scope.start([&](const std::stop_token& stop) -> Result<> {
    never.receive(stop);
    return {};
  });
  scope.start(
      [](const std::stop_token&) -> Result<> { return fail(Cause::full, "the drive is full"); });

  const auto result = scope.join();
  REQUIRE_FALSE(result);
  CHECK(result.error().cause == Cause::full);
}

TEST_CASE("a stop from outside reaches every task") {
  const std::stop_source outer;
  Channel<int> never(1);
  TaskScope scope(outer.get_token());
  bool received = true;

  scope.start([&](const std::stop_token& stop) -> Result<> {
    received = never.receive(stop).has_value();
    return {};
  });
  outer.request_stop();

  REQUIRE(scope.join());
  CHECK_FALSE(received);
}
