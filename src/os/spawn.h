// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace keepsake::os {

/// One of our open files, and the number under which a started program finds it.
struct Passed {
  int ours = -1;
  int theirs = -1;
};

/// Starts a program with these files, the environment and no blocked signals. The first word is
/// looked up in PATH. The caller waits for it. Causes: not_found when there is no such program.
Result<pid_t> spawn(std::vector<std::string> words, const std::vector<Passed>& files);

}  // namespace keepsake::os
