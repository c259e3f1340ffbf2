// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/temporary_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <utility>

using namespace keepsake;

TEST_CASE("a temporary folder is its owner's alone, and goes with all in it") {
  std::filesystem::path path;
  {
    const auto made = os::TemporaryFolder::make();
    REQUIRE(made);
    path = made->path();
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
    std::ofstream(path / "file") << "text";
  }

  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a temporary folder that is moved lives on in its new place alone") {
  auto first = os::TemporaryFolder::make();
  auto second = os::TemporaryFolder::make();
  REQUIRE(first);
  REQUIRE(second);
  const auto kept = first->path();
  const auto given_up = second->path();

  *second = *std::move(first);

  CHECK(second->path() == kept);
  CHECK(std::filesystem::exists(kept));
  CHECK_FALSE(std::filesystem::exists(given_up));
}
