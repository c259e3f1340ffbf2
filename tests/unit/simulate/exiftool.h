// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace keepsake::tests {

/// What exiftool reads of one tag of a file, or nothing where exiftool is not installed.
inline std::optional<std::string> exiftool(const std::string& tag,
                                           const std::filesystem::path& file) {
  constexpr int not_installed = 127;
  const std::string command = "exiftool -s3 -" + tag + " '" + file.string() + "' 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string said;
  for (int character = std::fgetc(pipe); character != EOF; character = std::fgetc(pipe))
    if (character != '\n') said += static_cast<char>(character);
  const int status = pclose(pipe);
  if (WEXITSTATUS(status) == not_installed) return std::nullopt;
  return said;
}

}  // namespace keepsake::tests
