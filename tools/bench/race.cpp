// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/bench/race.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <sstream>

namespace keepsake::bench {
namespace {

std::optional<Quantity> quantity_named(std::string_view word) {
  if (word == "cpu") return Quantity::cpu;
  if (word == "cpu-without-key") return Quantity::cpu_without_key;
  if (word == "wall") return Quantity::wall;
  if (word == "memory") return Quantity::memory;
  return std::nullopt;
}

Result<Target> parse_target(Target::Kind kind, const std::string& text) {
  std::istringstream words(text);
  std::string word;
  Target target;
  target.kind = kind;
  const bool complete =
      static_cast<bool>(words >> target.name >> word >> target.factor >> target.other);
  const auto quantity = quantity_named(word);
  if (!complete || !quantity)
    return fail(Cause::invalid,
                "a target is a name, cpu, cpu-without-key, wall or memory, a factor and a runner");
  target.quantity = *quantity;
  return target;
}

Result<> read_runner_line(Race& race, const std::string& word, const std::string& rest) {
  if (word == "runner") {
    race.runners.push_back({rest, {}, {}, {}, {}});
    return {};
  }
  if (race.runners.empty()) return fail(Cause::invalid, "\"{}\" stands before any runner", word);
  Runner& runner = race.runners.back();
  if (word == "setup")
    runner.setup = rest;
  else if (word == "prepare")
    runner.prepare = rest;
  else if (word == "command")
    runner.command = rest;
  else if (word == "key")
    runner.key = rest;
  else
    return fail(Cause::invalid, "a race has no \"{}\"", word);
  return {};
}

Result<> read_line(Race& race, const std::string& line) {
  std::istringstream words(line);
  std::string word;
  std::string rest;
  words >> word >> std::ws;
  std::getline(words, rest);
  if (word.empty()) return {};
  if (word == "title") {
    race.title = rest;
  } else if (word == "bytes" || word == "rounds") {
    std::uint64_t number = 0;
    if (!(std::istringstream(rest) >> number)) return fail(Cause::invalid, "{} is a number", word);
    if (word == "bytes")
      race.bytes = ByteCount{number};
    else
      race.rounds = static_cast<int>(number);
  } else if (word == "at-least" || word == "at-most") {
    const auto kind = word == "at-least" ? Target::Kind::times_better : Target::Kind::times_as_much;
    const Target target = TRY(parse_target(kind, rest));
    race.targets.push_back(target);
  } else {
    TRY(read_runner_line(race, word, rest));
  }
  return {};
}

}  // namespace

Result<Race> parse_race(std::string_view text) {
  Race race;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) TRY(read_line(race, line));
  if (race.runners.empty()) return fail(Cause::invalid, "a race needs a runner");
  for (const Target& target : race.targets)
    if (std::ranges::find(race.runners, target.other, &Runner::name) == race.runners.end())
      return fail(
          Cause::invalid, "target {} names {}, who does not run", target.name, target.other);
  return race;
}

}  // namespace keepsake::bench
