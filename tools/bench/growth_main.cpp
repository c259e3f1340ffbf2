// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/bench/growth.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

// keepsake-growth LOG: reads what to do from standard input, does it in both libraries, prints the
// table.
namespace {

using namespace keepsake;
using namespace keepsake::bench;

Result<> run_once(const Work& work,
                  std::uint64_t assets,
                  const std::string& log,
                  std::vector<Measure>& measures) {
  const auto among = [&](const std::string& command) {
    return command.empty() ? command : fmt::format("assets={}; {}", assets, command);
  };
  TRY(step(among(work.prepare), log));
  TRY(step("sync", log));  // nobody pays for what the one before left to be written
  const Measure taken = TRY(measure(among(work.command), log));
  measures.push_back(taken);
  return {};
}

GrowthRounds run(const Growth& growth, const std::string& log) {
  GrowthRounds rounds(growth.works.size());
  for (std::size_t i = 0; i < growth.works.size(); ++i)
    for (std::size_t size = 0; size < growth.assets.size(); ++size)
      for (int round = 1; round <= growth.works[i].rounds; ++round) {
        const Work& work = growth.works[i];
        fmt::print(stderr, "{} assets: round {}, {}\n", growth.assets[size], round, work.name);
        const auto done = run_once(work, growth.assets[size], log, rounds[i][size]);
        if (done) continue;
        fmt::print(stderr, "{}: {}\n", work.name, done.error().message());
        rounds[i][size].clear();
        break;
      }
  return rounds;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "keepsake-growth LOG <GROWTH\n");
    return 2;
  }
  std::ostringstream text;
  text << std::cin.rdbuf();
  const auto growth = parse_growth(text.str());
  if (!growth) {
    fmt::print(stderr, "{}\n", growth.error().message());
    return 2;
  }
  const GrowthReport report = report_on(*growth, run(*growth, arguments[1]));
  fmt::print("{}\n", report.markdown);
  return report.all_met ? 0 : 1;
}
