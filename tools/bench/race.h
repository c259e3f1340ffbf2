// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

/// Measures commands against each other: in turn, so that all of them meet the same weather.
namespace keepsake::bench {

/// One command that takes part. All four are lines for `sh`; `command` is measured, and so is
/// `key`.
struct Runner {
  std::string name;
  std::string setup;    ///< once, before the first round
  std::string prepare;  ///< before each round
  std::string command;
  std::string key;  ///< after each round: does no more than open what the command opened
};

enum class Quantity {
  cpu,
  cpu_without_key,  ///< less what `key` takes: deriving a key from a password is slow on purpose
  wall,
  memory
};

/// What the first runner promises against another one.
struct Target {
  enum class Kind {
    times_better,  ///< at least `factor` times less than the other one takes
    times_as_much  ///< at most `factor` times what the other one takes
  };

  std::string name;
  Kind kind = Kind::times_better;
  Quantity quantity = Quantity::cpu;
  double factor = 1;
  std::string other;
};

struct Race {
  std::string title;
  ByteCount bytes;  ///< what each command works through; 0 where that is no measure
  int rounds = 5;
  std::vector<Runner> runners;
  std::vector<Target> targets;
};

/// Reads a race, one thing a line, the word first:
///
///     title    Copy into a folder
///     bytes    868000000
///     rounds   5
///     runner   keepsake
///     setup    …
///     prepare  rm -rf tree
///     command  keepsake backup
///     key      keepsake snapshots safe
///     runner   rclone
///     command  …
///     at-least P10 cpu 3 rclone      the first runner takes a third of rclone's CPU, or less
///     at-most  P10 cpu 3 rclone      the first runner takes three times rclone's CPU, or less
///
/// A target is about cpu, cpu-without-key, wall or memory.
///
/// Causes: invalid.
Result<Race> parse_race(std::string_view text);

}  // namespace keepsake::bench
