// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/temporary_folder.h"

#include "base/result.h"
#include "os/failure.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace keepsake::os {

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code error;
  const auto place = std::filesystem::temp_directory_path(error);
  if (error) return failed(error.value(), "no place for temporary files was found", "/tmp");
  auto name = (place / "keepsake-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    return failed(errno, "no temporary folder could be made in it", place);
  return TemporaryFolder(name);
}

TemporaryFolder::TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  if (this == &other) return *this;
  remove();
  path_ = std::exchange(other.path_, {});
  return *this;
}

TemporaryFolder::~TemporaryFolder() { remove(); }

/// What cannot be removed stays; there is nothing to do about it here.
void TemporaryFolder::remove() const {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace keepsake::os
