// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/bench/measure.h"
#include "tools/bench/race.h"

#include <string>
#include <vector>

namespace keepsake::bench {

/// What each runner took in each round, in the order of the race's runners; empty for one that
/// failed.
using Rounds = std::vector<std::vector<Measure>>;

struct Report {
  std::string markdown;
  bool all_met = true;  ///< every runner ran and every target was met
};

/// The race as a table in Markdown, and its targets with PASS or MISS. Factors are medians over the
/// rounds of the first runner against the other in the same round.
Report report_on(const Race& race, const Rounds& rounds);

}  // namespace keepsake::bench
