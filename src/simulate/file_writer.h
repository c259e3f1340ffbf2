// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <filesystem>
#include <fstream>

namespace keepsake::simulate {

/// A file of a made-up library. It need not survive a power cut, so it is written plainly.
class FileWriter {
 public:
  /// Makes the folders above it too. Causes: denied.
  static Result<FileWriter> create(const std::filesystem::path& path);

  /// Causes: full.
  Result<> write(ByteView bytes);

 private:
  explicit FileWriter(const std::filesystem::path& path);

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace keepsake::simulate
