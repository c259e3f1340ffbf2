// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/temporary_folder.h"

#include "base/result.h"
#include "os/failure.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace keepsake::os {

Result<TemporaryFolder> TemporaryFolder::make(const std::filesystem::path& place) {
  constexpr mode_t owner_only = 0700;
  std::error_code error;
  std::filesystem::remove_all(place, error);
  if (error) return failed(error.value(), "what was left of it cannot be removed", place);
  if (mkdir(place.c_str(), owner_only) != 0)
    return failed(errno, "the temporary folder cannot be made", place);
  return TemporaryFolder(place);
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
