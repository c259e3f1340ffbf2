// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/result.h"
#include "os/descriptor.h"
#include "os/direct.h"
#include "os/failure.h"
#include "os/file.h"
#include "os/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace keepsake::os {

namespace {

Entry::Type type_of(mode_t mode) {
  if (S_ISREG(mode)) return Entry::Type::file;
  if (S_ISDIR(mode)) return Entry::Type::folder;
  return S_ISLNK(mode) ? Entry::Type::link : Entry::Type::other;
}

std::int64_t nanoseconds_of(const timespec& time) {
  constexpr std::int64_t second = 1'000'000'000;
  return time.tv_sec * second + time.tv_nsec;
}

/// The nearest to reading past the page cache where a file system knows nothing else: the file's
/// clean pages are dropped from it.
void empty_cache(int file) { posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED); }

/// What is the same for both ways of reading.
class OpenFile : public InFile {
 public:
  OpenFile(Descriptor file, ByteCount size, std::filesystem::path where)
      : file_(std::move(file)), size_(size), where_(std::move(where)) {}

  [[nodiscard]] ByteCount size() const override { return size_; }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = TRY(read_at(position_, buffer));
    position_ += count;
    return count;
  }

  Result<Entry> look() override {
    struct stat status{};
    if (fstat(file_.number(), &status) != 0) return failed(errno, "it cannot be seen", where_);
    return entry_of(where_.filename().native(), status);
  }

 protected:
  [[nodiscard]] int number() const { return file_.number(); }

  /// For a read that failed just now.
  [[nodiscard]] tl::unexpected<Error> unreadable() const {
    return failed(errno, "it cannot be read", where_);
  }

  /// One system call: 0 only at the end, -1 for an error.
  ssize_t pread_once(std::uint64_t position, std::span<std::byte> buffer) const {
    return unless_interrupted([&] {
      return ::pread(file_.number(), buffer.data(), buffer.size(), static_cast<off_t>(position));
    });
  }

 private:
  Descriptor file_;
  ByteCount size_;  ///< when it was opened
  std::filesystem::path where_;
  std::uint64_t position_ = 0;
};

/// Reads straight into the caller's buffer.
class CachedFile final : public OpenFile {
 public:
  using OpenFile::OpenFile;

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    std::size_t done = 0;
    while (done < buffer.size()) {
      const auto count = pread_once(position + done, buffer.subspan(done));
      if (count < 0) return unreadable();
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }
};

/// Reads past the page cache (O_DIRECT), which wants addresses, positions and lengths in whole
/// blocks: where the caller's are, it reads straight into their buffer, else into one of its own
/// and copies from there.
class UncachedFile final : public OpenFile {
 public:
  UncachedFile(Descriptor file,
               ByteCount size,
               std::shared_ptr<BufferPool> pool,
               std::filesystem::path where)
      : OpenFile(std::move(file), size, std::move(where)), pool_(std::move(pool)) {}

  Result<std::size_t> read_at(std::uint64_t position, std::span<std::byte> buffer) override {
    std::size_t done = 0;
    while (done < buffer.size()) {
      const auto rest = whole_blocks(position + done, buffer.subspan(done));
      if (!rest.empty()) {
        const auto count = TRY(read_blocks(position + done, rest));
        done += count;
        if (count < rest.size()) return done;
        continue;
      }
      const auto there = TRY(from(position + done));
      if (there.empty()) break;
      const auto count = std::min(there.size(), buffer.size() - done);
      std::copy_n(there.begin(), count, buffer.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
    }
    return done;
  }

 private:
  /// As much of the buffer as can be read into directly.
  [[nodiscard]] std::span<std::byte> whole_blocks(std::uint64_t position,
                                                  std::span<std::byte> buffer) const {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): an address is what is asked for
    const auto address = reinterpret_cast<std::uintptr_t>(buffer.data());
    if (position % pool_->block() != 0 || address % pool_->block() != 0) return {};
    return buffer.first(buffer.size() / pool_->block() * pool_->block());
  }

  /// One system call, through the cache where a file system refuses what it had agreed to.
  ssize_t pread_direct(std::uint64_t position, std::span<std::byte> buffer) const {
    const auto count = pread_once(position, buffer);
    const bool refused = count < 0 && errno == EINVAL && set_direct(number(), Direct::no);
    if (!refused) return count;
    empty_cache(number());
    return pread_once(position, buffer);
  }

  /// Fills whole blocks; less only at the end. A read that ends early may mean that a bad block
  /// follows: only where the file ended when it was opened, the drive is not asked again.
  Result<std::size_t> read_blocks(std::uint64_t position, std::span<std::byte> buffer) {
    std::size_t done = 0;
    while (done < buffer.size() && (done == 0 || position + done < size().value)) {
      const auto count = pread_direct(position + done, buffer.subspan(done));
      if (count < 0) return unreadable();
      done += static_cast<std::size_t>(count);
      const bool in_the_middle = position + done < size().value;
      if (count == 0 || (in_the_middle && static_cast<std::size_t>(count) < pool_->block())) break;
      if (in_the_middle) done -= done % pool_->block();
    }
    return done;
  }

  /// The bytes in the window from that position on, which it is moved to first; none at the end.
  Result<ByteView> from(std::uint64_t position) {
    const auto end = begin_ + length_;
    // A short read may also mean that what follows is a bad block: only where the file ended when
    // it was opened, the drive need not be asked again.
    const bool at_end =
        window_ && position == end && length_ < pool_->size() && position >= size().value;
    if ((position < begin_ || position >= end) && !at_end)
      TRY(move_to(position / pool_->block() * pool_->block()));
    expect(window_.has_value(), "a window that was moved is there");
    const auto skipped = std::min<std::uint64_t>(position - begin_, length_);
    return ByteView(window_->bytes()).first(length_).subspan(static_cast<std::size_t>(skipped));
  }

  Result<> move_to(std::uint64_t begin) {
    begin_ = begin;
    length_ = 0;
    if (!window_) window_.emplace(pool_);
    const auto count = pread_direct(begin, window_->bytes());
    if (count < 0) return unreadable();
    length_ = static_cast<std::size_t>(count);
    return {};
  }

  std::shared_ptr<BufferPool> pool_;
  std::optional<Buffer> window_;  ///< lent when it is needed
  std::uint64_t begin_ = 0;
  std::size_t length_ = 0;
};

}  // namespace

Entry entry_of(std::string name, const struct stat& status) {
  constexpr std::uint64_t block = 512;  // of st_blocks, whatever the file system's own are
  return {.name = std::move(name),
          .type = type_of(status.st_mode),
          .size = ByteCount{static_cast<std::uint64_t>(status.st_size)},
          .allocated = ByteCount{static_cast<std::uint64_t>(status.st_blocks) * block},
          .modified_ns = nanoseconds_of(status.st_mtim),
          .changed_ns = nanoseconds_of(status.st_ctim),
          .device = status.st_dev,
          .inode = status.st_ino,
          .links = status.st_nlink,
          .permissions = static_cast<std::uint32_t>(status.st_mode) & 0777U};
}

Result<std::unique_ptr<InFile>> reading(Descriptor file,
                                        Reading reading,
                                        std::shared_ptr<BufferPool> direct,
                                        const std::filesystem::path& where) {
  struct stat status{};
  if (fstat(file.number(), &status) != 0) return failed(errno, "it cannot be seen", where);
  if (!S_ISREG(status.st_mode)) return no_regular_file(where);
  const auto size = entry_of({}, status).size;
  if (reading == Reading::from_disk) {
    if (!set_direct(file.number(), Direct::yes)) empty_cache(file.number());
    return std::make_unique<UncachedFile>(std::move(file), size, std::move(direct), where);
  }
  posix_fadvise(file.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::make_unique<CachedFile>(std::move(file), size, where);
}

}  // namespace keepsake::os
