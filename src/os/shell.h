// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <string>

namespace keepsake::os {

/// Runs a command of the user's with `/bin/sh -c` and returns what it wrote to its standard output;
/// its standard input and error are ours. Causes: invalid when it does not end with 0, or writes
/// more than `most`.
Result<std::string> output_of(const std::string& command, ByteCount most);

}  // namespace keepsake::os
