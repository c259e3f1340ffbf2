// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>

namespace keepsake::os {

/// A new, empty folder that only its owner can enter, where the system keeps what is temporary
/// (TMPDIR, else /tmp). It and all in it vanish with the object.
class TemporaryFolder {
 public:
  /// Causes: denied, full, absent, read_only.
  static Result<TemporaryFolder> make();

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
