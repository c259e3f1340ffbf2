// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "os/descriptor.h"
#include "os/failure.h"
#include "os/machine.h"

#include <fcntl.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

namespace keepsake::os {

namespace {

/// The lock belongs to the open file, so the kernel takes it away when the process dies, and it
/// keeps two takers of one process apart too, unlike a lock that belongs to the process (F_SETLK).
class HeldLock final : public FileLock {
 public:
  explicit HeldLock(Descriptor file) : file_(std::move(file)) {}

 private:
  Descriptor file_;
};

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::take(const std::filesystem::path& file) {
  constexpr mode_t owner_only = 0600;
  Descriptor opened(unless_interrupted(
      [&] { return ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only); }));
  if (!opened.is_open()) return failed(errno, "the lock cannot be opened", file);
  struct flock whole_file{};
  whole_file.l_type = F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  if (fcntl(opened.number(), F_OFD_SETLK, &whole_file) == 0)
    return std::make_unique<HeldLock>(std::move(opened));
  if (errno == EAGAIN || errno == EACCES)
    return fail(
        Error{Cause::locked, "another process has the lock", shown(file.native()), Scope::run});
  return failed(errno, "the lock cannot be taken", file);
}

}  // namespace keepsake::os
