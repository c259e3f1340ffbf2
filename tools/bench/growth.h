// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "tools/bench/measure.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Measures the same commands over a small and a large library: nothing may grow faster than the
/// library does.
namespace keepsake::bench {

/// One thing that the program is asked to do. Both are lines for `sh`, in which `$assets` is the
/// size of the library; only `command` is measured.
struct Work {
  std::string name;
  std::string prepare;  ///< before each round
  std::string command;
  int rounds = 1;
};

struct Growth {
  std::string title;
  std::array<std::uint64_t, 2> assets{};  ///< in the small and in the large library
  int rounds = 3;
  double most_per_asset = 1.5;  ///< times the CPU that an asset costs in the small library
  double most_mebibytes = 190;  ///< of memory in either library: 200 MB
  std::vector<Work> works;
};

/// Reads one thing a line, the word first:
///
///     title    A library that grows
///     small    100000
///     large    1000000
///     rounds   3
///     work     no change
///     prepare  …
///     command  KEEPSAKE_HOME=home-$assets exec keepsake backup
///     rounds   1                       for this work alone
///
/// Causes: invalid.
Result<Growth> parse_growth(std::string_view text);

/// What a work took in each library in each round; empty where it failed.
using GrowthRounds = std::vector<std::array<std::vector<Measure>, 2>>;

struct GrowthReport {
  std::string markdown;
  bool all_met = true;  ///< everything ran, within its bounds
};

GrowthReport report_on(const Growth& growth, const GrowthRounds& rounds);

}  // namespace keepsake::bench
