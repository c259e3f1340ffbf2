// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace keepsake::os {

/// Runs a command of the user's with `/bin/sh -c` and returns what it wrote to its standard output;
/// its standard input and error are ours. Causes: invalid when it does not end with 0, or writes
/// more than `most`.
Result<std::string> output_of(const std::string& command, ByteCount most);

/// What a program left behind.
struct Finished {
  int exit_code = 0;    ///< 128 and the signal's number when one ended it
  std::string printed;  ///< the beginning of what it wrote, complaints too
};

/// Runs a program and waits for it; no shell sees its words. Causes: not_found when there is none.
Result<Finished> run_program(std::vector<std::string> words);

}  // namespace keepsake::os
