// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "os/descriptor.h"
#include "os/direct.h"
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
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
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

/// Moves `position` on with each byte that was written. Returns 0 or the error.
int write_all_at(int file, std::uint64_t& position, ByteView bytes) {
  while (!bytes.empty()) {
    const auto count = unless_interrupted(
        [&] { return ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(position)); });
    if (count < 0 && errno == EINVAL && set_direct(file, Direct::no)) continue;
    if (count < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    position += static_cast<std::uint64_t>(count);
  }
  return 0;
}

/// Fills the buffer. Returns 0 or the error.
int read_all_at(int file, std::uint64_t position, std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    const auto count = unless_interrupted(
        [&] { return ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(position)); });
    if (count < 0 && errno == EINVAL && set_direct(file, Direct::no)) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    buffer = buffer.subspan(static_cast<std::size_t>(count));
    position += static_cast<std::uint64_t>(count);
  }
  return 0;
}

/// Collects what is written in a buffer, where it has one, and writes that past the page cache. A
/// file system that refuses such writes gets the same ones through the cache.
class NewFile final : public OutFile {
 public:
  NewFile(Descriptor file,
          ByteCount reserved,
          std::shared_ptr<BufferPool> direct,
          std::filesystem::path where)
      : file_(std::move(file)), end_(reserved.value), where_(std::move(where)) {
    if (direct && set_direct(file_.number(), Direct::yes)) buffer_.emplace(std::move(direct));
  }

  Result<> write(ByteView bytes) override {
    expect(file_.is_open(), "nothing is written to a finished file");
    if (!buffer_) return place(bytes);
    while (!bytes.empty()) {
      const auto room = buffer_->bytes().subspan(waiting_);
      const auto count = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), count, room.begin());
      waiting_ += count;
      bytes = bytes.subspan(count);
      if (count == room.size()) TRY(place_waiting(waiting_));
    }
    return {};
  }

  Result<> cut_back_to(ByteCount size) override {
    expect(file_.is_open(), "a finished file is not cut");
    expect(size.value <= placed_ + waiting_, "only what was written can be taken back");
    if (size.value < placed_) TRY(move_back_to(size.value));
    waiting_ = size.value - placed_;
    return {};
  }

  Result<> finish(std::optional<Instant> modified) override {
    expect(file_.is_open(), "a file is finished once");
    TRY(place_rest());
    return finish(std::move(file_), modified);
  }

 private:
  /// Writes at the end of what lies in the file. After an error nothing counts as placed.
  Result<> place(ByteView bytes) {
    std::uint64_t position = placed_;
    const int error = write_all_at(file_.number(), position, bytes);
    end_ = std::max(end_, position);
    if (error != 0) return failed(error, "it cannot be written", where_);
    placed_ = position;
    return {};
  }

  /// Writes that much of what waits, and keeps the rest.
  Result<> place_waiting(std::size_t count) {
    const auto bytes = buffer_->bytes().first(waiting_);
    TRY(place(bytes.first(count)));
    std::ranges::copy(bytes.subspan(count), bytes.begin());
    waiting_ -= count;
    return {};
  }

  /// The last, broken block goes through the cache: padded and cut off afterwards, it would be read
  /// back from the drive.
  Result<> place_rest() {
    if (waiting_ == 0) return {};  // as always without a buffer
    const auto whole_blocks = waiting_ / buffer_->block() * buffer_->block();
    if (whole_blocks > 0) TRY(place_waiting(whole_blocks));
    if (waiting_ == 0) return {};
    set_direct(file_.number(), Direct::no);
    return place_waiting(waiting_);
  }

  /// What lies in the file then ends at that place; with a buffer, at the begin of its block, the
  /// bytes of which are fetched to go on from there.
  Result<> move_back_to(std::uint64_t size) {
    if (!buffer_) {
      placed_ = size;
      return {};
    }
    const auto begin = size / buffer_->block() * buffer_->block();
    if (begin < size) {
      const int error =
          read_all_at(file_.number(), begin, buffer_->bytes().first(buffer_->block()));
      if (error != 0) return failed(error, "it cannot be read again", where_);
    }
    placed_ = begin;
    return {};
  }

  /// Takes the file, so that it is closed whatever happens: after a failed sync the kernel may
  /// count the lost bytes as written, and a second sync would succeed. The first answer stands.
  Result<> finish(Descriptor file, std::optional<Instant> modified) const {
    if (placed_ < end_ && ftruncate(file.number(), static_cast<off_t>(placed_)) != 0)
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
  std::optional<Buffer> buffer_;
  std::uint64_t placed_ = 0;  ///< so many bytes lie in the file; with a buffer, whole blocks
  std::size_t waiting_ = 0;   ///< so many follow in the buffer
  std::uint64_t end_;         ///< where the room ends that the file ever took
  std::filesystem::path where_;
};

}  // namespace

std::unique_ptr<OutFile> writing(Descriptor file,
                                 ByteCount reserved,
                                 std::shared_ptr<BufferPool> direct,
                                 const std::filesystem::path& where) {
  return std::make_unique<NewFile>(std::move(file), reserved, std::move(direct), where);
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
