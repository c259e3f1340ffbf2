// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/root.h"

#include "base/path.h"
#include "base/result.h"
#include "os/descriptor.h"
#include "os/failure.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <tl/expected.hpp>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace keepsake::os {

namespace {

/// O_NONBLOCK, so that a pipe with nobody at its other end does not hold us up; it changes nothing
/// for files and folders.
constexpr int always = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr int only_to_pass = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// glibc has no wrapper for this call.
Descriptor open_at_once(int root, const char* path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Descriptor(static_cast<int>(
      unless_interrupted([&] { return syscall(SYS_openat2, root, path, &how, sizeof how); })));
}

Descriptor open_one(int folder, const std::string& name, int flags, mode_t mode) {
  return Descriptor(
      unless_interrupted([&] { return ::openat(folder, name.c_str(), flags, mode); }));
}

Descriptor open_by_parts(int root, std::string_view path, int flags, mode_t mode) {
  Descriptor folder;
  int above = root;
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    folder = open_one(above, std::string(path.substr(0, slash)), only_to_pass, 0);
    if (!folder.is_open()) return folder;
    above = folder.number();
    path.remove_prefix(slash + 1);
  }
  return open_one(above, std::string(path), flags, mode);
}

Walk best_walk(int root) {
  return open_at_once(root, ".", only_to_pass, 0).is_open() ? Walk::at_once : Walk::by_parts;
}

}  // namespace

Result<Root> Root::open(const std::filesystem::path& path) {
  auto root = TRY(open(path, Walk::by_parts));
  root.walk_ = best_walk(root.number());
  return root;
}

Result<Root> Root::open(const std::filesystem::path& path, Walk walk) {
  Descriptor folder(
      unless_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!folder.is_open()) {
    const int error = errno;
    return os::failed(error == ENOENT ? ENODEV : error, "the folder cannot be opened", path);
  }
  return Root(std::move(folder), whole(path), walk);
}

Result<Descriptor> Root::open(const RelativePath& path, int flags, mode_t mode) const {
  const std::string text = path.is_root() ? "." : path.text();
  const bool fits = text.size() < PATH_MAX;
  // A descriptor for passing only takes no flag that is about reading or writing.
  const int all_flags = (flags & O_PATH) != 0 ? flags | O_NOFOLLOW | O_CLOEXEC : flags | always;
  auto opened = walk_ == Walk::at_once && fits
                    ? open_at_once(folder_.number(), text.c_str(), all_flags, mode)
                    : open_by_parts(folder_.number(), text, all_flags, mode);
  if (opened.is_open()) return opened;
  // So says a socket, and a pipe that nobody reads; never a drive that went away.
  if (errno == ENXIO) return no_regular_file(full(path));
  return failed(errno, "it cannot be opened", path);
}

Result<Place> Root::place(const RelativePath& path) const {
  expect(!path.is_root(), "a root is not made, moved or removed by its own name");
  auto folder = TRY(open(path.folder(), O_PATH | O_DIRECTORY));
  return Place{std::move(folder), std::string(path.name())};
}

tl::unexpected<Error> Root::failed(int error,
                                   std::string_view attempt,
                                   const RelativePath& path) const {
  struct stat root{};
  // A removed folder stays open, but without a name, and nothing is ever found in it.
  if (error == ENOENT && (fstat(folder_.number(), &root) != 0 || root.st_nlink == 0))
    error = ENODEV;
  return os::failed(error, attempt, full(path));
}

std::filesystem::path whole(const std::filesystem::path& path) {
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute;
}

}  // namespace keepsake::os
