// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace keepsake::bench {

/// What a command and all its descendants took.
struct Measure {
  double user = 0;    ///< CPU seconds
  double system = 0;  ///< CPU seconds
  double wall = 0;    ///< seconds
  ByteCount memory;   ///< the largest resident set of any one of them
  double key = 0;     ///< CPU seconds of opening alone, where that was measured too

  [[nodiscard]] double cpu() const { return user + system; }

  [[nodiscard]] double cpu_without_key() const { return cpu() - key; }

  [[nodiscard]] double mebibytes() const {
    return static_cast<double>(memory.value) / (1024 * 1024);
  }
};

/// Runs a line of `sh` with its output in a log file, and waits for it. Causes: internal, with the
/// command's exit code, when it fails.
Result<Measure> measure(const std::string& command, const std::string& log);

/// Runs a step that is not measured; an empty one is no step.
Result<> step(const std::string& command, const std::string& log);

double median(std::vector<double> values);

}  // namespace keepsake::bench
