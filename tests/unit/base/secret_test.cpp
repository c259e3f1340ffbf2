// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secret.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

using namespace keepsake;

TEST_CASE("a secret that was moved away leaves nothing behind") {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret first(text);

    const Secret second = std::move(first);

    CHECK(second.reveal() == text);
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that is what is promised
    CHECK(second.copy().reveal() == text);
  }
}

TEST_CASE("the memory of a secret is overwritten when it goes") {
  alignas(Secret) std::array<char, sizeof(Secret)> memory{};
  auto* const secret = new (memory.data()) Secret("short-secret");
  REQUIRE(std::string(memory.data(), memory.size()).find("short-secret") != std::string::npos);

  std::destroy_at(secret);

  CHECK(std::string(memory.data(), memory.size()).find("short-secret") == std::string::npos);
}
