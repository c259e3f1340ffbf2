// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace keepsake::app {

/// The whole program, as `main` starts it: what was typed is done, and what came of it is printed.
/// Returns the exit code.
int run_program(int count, char** words);

}  // namespace keepsake::app
