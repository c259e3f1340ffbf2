// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>

namespace keepsake::os {

/// An empty folder that only its owner can enter. It and all in it vanish with the object; what a
/// killed process left of it, whoever makes it the next time removes.
class TemporaryFolder {
 public:
  /// At a place that nobody else uses. Causes: denied, full, absent (the folder above it),
  /// read_only.
  static Result<TemporaryFolder> make(const std::filesystem::path& place);

  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path);

  void remove() const;

  std::filesystem::path path_;  ///< empty once it was moved away
};

}  // namespace keepsake::os
