// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/bench/measure.h"
#include "tools/bench/race.h"
#include "tools/bench/report.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

// keepsake-race LOG: reads a race from standard input, runs it, prints its table.
namespace {

using namespace keepsake;
using namespace keepsake::bench;

Result<> run_once(const Runner& runner, const std::string& log, std::vector<Measure>& measures) {
  TRY(step(runner.prepare, log));
  TRY(step("sync", log));  // nobody pays for what the one before left to be written
  Measure taken = TRY(measure(runner.command, log));
  if (!runner.key.empty()) {
    const Measure opening = TRY(measure(runner.key, log));
    taken.key = opening.cpu();
  }
  measures.push_back(taken);
  return {};
}

Rounds run(const Race& race, const std::string& log) {
  Rounds rounds(race.runners.size());
  std::vector<bool> failed(race.runners.size());
  const auto attempt = [&](std::size_t i, const Result<>& done) {
    if (done) return;
    fmt::print(stderr, "{}: {}\n", race.runners[i].name, done.error().message());
    failed[i] = true;
    rounds[i].clear();
  };
  for (std::size_t i = 0; i < race.runners.size(); ++i)
    attempt(i, step(race.runners[i].setup, log));
  for (int round = 1; round <= race.rounds; ++round)
    for (std::size_t i = 0; i < race.runners.size(); ++i) {
      if (failed[i]) continue;
      fmt::print(stderr, "{}: round {}, {}\n", race.title, round, race.runners[i].name);
      attempt(i, run_once(race.runners[i], log, rounds[i]));
    }
  return rounds;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "keepsake-race LOG <RACE\n");
    return 2;
  }
  std::ostringstream text;
  text << std::cin.rdbuf();
  const auto race = parse_race(text.str());
  if (!race) {
    fmt::print(stderr, "{}\n", race.error().message());
    return 2;
  }
  const Report report = report_on(*race, run(*race, arguments[1]));
  fmt::print("{}\n", report.markdown);
  return report.all_met ? 0 : 1;
}
