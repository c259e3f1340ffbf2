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

/// What the command line says about passwords.
struct PasswordOptions {
  std::optional<std::filesystem::path> file;
  std::optional<std::string> command;
};

/// What the environment says of the world around a home. A vault's password is looked for in this
/// order: --password-file, --password-command, KEEPSAKE_PASSWORD_<NAME>, KEEPSAKE_PASSWORD,
/// KEEPSAKE_PASSWORD_FILE, KEEPSAKE_PASSWORD_COMMAND; it is asked for on the terminal. An Apple
/// Account's is in KEEPSAKE_APPLE_PASSWORD; KEEPSAKE_ICLOUD_IDMS_URL and KEEPSAKE_ICLOUD_SETUP_URL
/// say where else Apple is looked for, KEEPSAKE_CA_FILE whose certificates count besides the
/// system's.
job::Outside outside_of(const PasswordOptions& options);

}  // namespace keepsake::app
