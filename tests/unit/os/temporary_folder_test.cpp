// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/temporary_folder.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <utility>

using namespace keepsake;
using namespace keepsake::tests;

TEST_CASE("a temporary folder is its owner's alone, and goes with all in it") {
  const TempFolder above;
  const auto path = above / "work";
  {
    const auto made = os::TemporaryFolder::make(path);
    REQUIRE(made);
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
    std::ofstream(path / "file") << "text";
  }

  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a temporary folder that is moved lives on in its new place alone") {
  const TempFolder above;
  auto first = os::TemporaryFolder::make(above / "first");
  auto second = os::TemporaryFolder::make(above / "second");
  REQUIRE(first);
  REQUIRE(second);
  const auto kept = first->path();
  const auto given_up = second->path();

  *second = *std::move(first);

  CHECK(second->path() == kept);
  CHECK(std::filesystem::exists(kept));
  CHECK_FALSE(std::filesystem::exists(given_up));
}

TEST_CASE("what a killed process left in a temporary folder is gone in the next one") {
  const TempFolder above;
  above.write("work/left/behind", "a private copy");

  const auto made = os::TemporaryFolder::make(above / "work");

  REQUIRE(made);
  CHECK(std::filesystem::is_empty(above / "work"));
}

TEST_CASE("a temporary folder is not made where nothing is to lie") {
  const TempFolder above;

  CHECK(os::TemporaryFolder::make(above / "nowhere/work").error().cause == Cause::not_found);
}
