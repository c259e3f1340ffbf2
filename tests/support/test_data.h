// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace keepsake::tests {

/// A folder of test data that is no part of the source. Where it is absent, a line says so.
inline std::optional<std::filesystem::path> test_data(const std::string& name) {
  const char* const named = std::getenv("KEEPSAKE_TEST_DATA");
  const auto folder = std::filesystem::path(named != nullptr ? named : KEEPSAKE_TEST_DATA) / name;
  if (std::filesystem::exists(folder)) return std::filesystem::canonical(folder);
  MESSAGE("skipped: there is no test data at ", folder.string());
  return std::nullopt;
}

}  // namespace keepsake::tests
