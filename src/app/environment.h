// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/home.h"

#include <filesystem>
#include <optional>
#include <string>

/// The doors of the program: the command line now, others later. The only room that reads the
/// environment and prints; it wires the rooms together and decides nothing.
namespace keepsake::app {

/// Where the home lies: below KEEPSAKE_HOME, else where the XDG base directories say; the folders
/// are made. `settings` is another settings file, when the command line names one.
Result<job::HomePaths> locate_home(const std::optional<std::filesystem::path>& settings);

}  // namespace keepsake::app
