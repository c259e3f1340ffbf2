// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/program.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// The other program that reads and writes vaults, as their judge.
class Restic {
 public:
  static constexpr const char* password = "correct horse";

  explicit Restic(std::filesystem::path repository) : repository_(std::move(repository)) {}

  /// Where it is not installed, a line says so.
  static bool is_installed() {
    static const bool installed = run({{"restic", "version"}}).exit_code == 0;
    if (!installed) MESSAGE("skipped: restic is not installed");
    return installed;
  }

  [[nodiscard]] Ran operator()(const std::vector<std::string>& words) const {
    std::vector<std::string> command{"restic", "--no-cache", "--repo", repository_.string()};
    command.insert(command.end(), words.begin(), words.end());
    return run({command, ".", {{"RESTIC_PASSWORD", password}, {"RESTIC_PASSWORD2", password}}});
  }

  /// It must succeed.
  std::string must(const std::vector<std::string>& words) const {
    const auto ran = (*this)(words);
    CAPTURE(words.front());
    REQUIRE_MESSAGE(ran.exit_code == 0, ran.out, ran.err);
    return ran.out;
  }

  /// It finds nothing wrong, reading every byte.
  void check() const { must({"check", "--read-data"}); }

 private:
  std::filesystem::path repository_;
};

}  // namespace keepsake::tests
