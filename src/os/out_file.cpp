// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "os/descriptor.h"
#include "os/failure.h"
#include "os/file.h"
#include "os/folder.h"

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace keepsake::os {

namespace {

using std::chrono::floor;
using std::chrono::nanoseconds;
using std::chrono::seconds;

int set_modified(int file, Instant modified) {
  const auto second = floor<seconds>(modified);
  const timespec keep{.tv_sec = 0, .tv_nsec = UTIME_OMIT};
  const timespec time{.tv_sec = second.time_since_epoch().count(),
                      .tv_nsec = nanoseconds(modified - second).count()};
  const timespec times[2] = {keep, time};
  return futimens(file, times) == 0 ? 0 : errno;
}

/// Linux itself moves a time that a file system cannot hold to the nearest one that it can; some
/// file systems in user space and on servers refuse it instead.
int set_nearest_modified(int file, Instant modified) {
  // What FAT and every other one can hold: 1980 to 2037.
  constexpr Instant first{seconds(315'619'200)};
  constexpr Instant last{seconds(2'145'830'400)};
  const int error = set_modified(file, modified);
  if (error != EINVAL && error != EOVERFLOW && error != ERANGE) return error;
  set_modified(file, std::clamp(modified, first, last));
  return 0;
}

class NewFile final : public OutFile {
 public:
  NewFile(Descriptor file, ByteCount reserved, std::filesystem::path where)
      : file_(std::move(file)), reserved_(reserved), where_(std::move(where)) {}

  Result<> write(ByteView bytes) override {
    expect(file_.is_open(), "nothing is written to a finished file");
    if (const int error = write_all(file_.number(), bytes); error != 0)
      return failed(error, "it cannot be written", where_);
    written_ += ByteCount{bytes.size()};
    return {};
  }

  Result<> cut_back_to(ByteCount size) override {
    expect(file_.is_open() && size <= written_, "only what was written is taken back");
    const auto end = static_cast<off_t>(size.value);
    if (ftruncate(file_.number(), end) != 0 || lseek(file_.number(), end, SEEK_SET) != end)
      return failed(errno, "it cannot be cut back", where_);
    written_ = size;
    return {};
  }

  Result<> finish(std::optional<Instant> modified) override {
    expect(file_.is_open(), "a file is finished once");
    return finish(std::move(file_), modified);
  }

 private:
  /// Takes the file, so that it is closed whatever happens: after a failed sync the kernel may
  /// count the lost bytes as written, and a second sync would succeed. The first answer stands.
  Result<> finish(Descriptor file, std::optional<Instant> modified) const {
    if (written_ < reserved_ && ftruncate(file.number(), static_cast<off_t>(written_.value)) != 0)
      return failed(errno, "the room kept for it cannot be given back", where_);
    if (const int error = modified ? set_nearest_modified(file.number(), *modified) : 0; error != 0)
      return failed(error, "its time cannot be set", where_);
    if (const int error = sync_all(file.number()); error != 0)
      return failed(error, "it cannot be made durable", where_);
    if (const int error = file.close(); error != 0)
      return failed(error, "it cannot be closed", where_);
    return {};
  }

  Descriptor file_;
  ByteCount reserved_;
  ByteCount written_;
  std::filesystem::path where_;
};

}  // namespace

std::unique_ptr<OutFile> writing(Descriptor file,
                                 ByteCount reserved,
                                 const std::filesystem::path& where) {
  return std::make_unique<NewFile>(std::move(file), reserved, where);
}

int write_all(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const auto count =
        unless_interrupted([&] { return ::write(file, bytes.data(), bytes.size()); });
    if (count < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

int sync_all(int file) {
  // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): every caller's file is open
  const int result = unless_interrupted([&] { return fsync(file); });
  // So say file systems whose folders, or all of whose files, have nothing to sync.
  const bool nothing_to_do = result != 0 && (errno == EINVAL || errno == ENOSYS);
  return result == 0 || nothing_to_do ? 0 : errno;
}

}  // namespace keepsake::os
