// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keepsake::tests {

/// What exiftool reads of one tag of a file, or nothing where exiftool is not installed.
inline std::optional<std::string> exiftool(const std::string& tag,
                                           const std::filesystem::path& file) {
  if (std::system("command -v exiftool >/dev/null") != 0) return std::nullopt;
  const std::string command = "exiftool -s3 -" + tag + " '" + file.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string said;
  for (int character = std::fgetc(pipe.get()); character != EOF; character = std::fgetc(pipe.get()))
    if (character != '\n') said += static_cast<char>(character);
  return said;
}

}  // namespace keepsake::tests
