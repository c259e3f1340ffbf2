// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/folder.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/path.h"
#include "base/result.h"
#include "base/text.h"
#include "os/descriptor.h"
#include "os/direct.h"
#include "os/failure.h"
#include "os/file.h"
#include "os/listing.h"
#include "os/names.h"
#include "os/root.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace keepsake::os {

namespace {

constexpr mode_t mode_of_files = 0666;    // less the umask, as for
constexpr mode_t mode_of_folders = 0777;  // every program's files and folders
constexpr ByteCount large{std::uint64_t{1024} * 1024};
constexpr std::string_view not_durable = "it cannot be made durable";

/// True when the drive says that it has less than that; one that says nothing may have it.
bool exceeds_free_space(int file, ByteCount size) {
  struct statvfs system{};
  if (fstatvfs(file, &system) != 0 || system.f_blocks == 0) return false;
  return size.value / system.f_frsize > system.f_bavail;
}

/// Allocates without changing the file's size, so that a file cut short never ends in zeros. The
/// plain system call: glibc's stand-in for file systems without it would write to each block. More
/// than there is is not asked for: ext4 would fill the drive to the last block before it refuses,
/// and every other program would find it full meanwhile.
int reserve(int file, ByteCount size) {
  if (exceeds_free_space(file, size)) return ENOSPC;
  const int result = unless_interrupted(
      [&] { return fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size.value)); });
  const bool no_room = result != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
  return no_room ? errno : 0;
}

class FolderOnDisk final : public Folder {
 public:
  explicit FolderOnDisk(Root root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& where() const override { return root_.where(); }

  Result<std::optional<Entry>> look(const RelativePath& path) override {
    const auto found = root_.open(path, O_PATH);
    if (!found && found.error().cause == Cause::not_found) return std::nullopt;
    if (!found) return fail(found.error());
    struct stat status{};
    if (fstat(found->number(), &status) != 0) return root_.failed(errno, "it cannot be seen", path);
    return entry_of(std::string(path.name()), status);
  }

  Result<std::vector<Entry>> list(const RelativePath& folder) override {
    auto opened = TRY(root_.open(folder, O_RDONLY | O_DIRECTORY));
    return list_entries(std::move(opened), root_.full(folder));
  }

  Result<std::unique_ptr<InFile>> open(const RelativePath& file, Reading how) override {
    auto opened = TRY(root_.open(file, O_RDONLY));
    return reading(std::move(opened), how, buffers_, root_.full(file));
  }

  Result<Bytes> read_all(const RelativePath& file, ByteCount most) override {
    const auto opened = TRY(open(file, Reading::cached));
    const auto size = opened->size();
    if (size > most)
      return fail(
          Error{Cause::invalid,
                fmt::format("it has {} bytes instead of at most {}", size.value, most.value),
                shown(root_.full(file).native()),
                Scope::asset});
    Bytes bytes(size.value);
    const auto count = TRY(opened->read(bytes));
    bytes.resize(count);
    return bytes;
  }

  Result<std::unique_ptr<OutFile>> create(const RelativePath& file, ByteCount size) override {
    auto made = TRY(root_.open(file, O_RDWR | O_CREAT | O_EXCL, mode_of_files));
    if (size < large) return writing(std::move(made), ByteCount{0}, nullptr, root_.full(file));
    if (const int error = reserve(made.number(), size); error != 0) {
      TRY(remove(file));
      return root_.failed(error, "it cannot be made", file);
    }
    return writing(std::move(made), size, buffers_, root_.full(file));
  }

  Result<> append(const RelativePath& file, ByteView bytes) override {
    const auto opened = TRY(root_.open(file, O_WRONLY | O_APPEND | O_CREAT, mode_of_files));
    struct stat before{};
    if (fstat(opened.number(), &before) != 0) return root_.failed(errno, "it cannot be seen", file);
    if (!S_ISREG(before.st_mode)) return no_regular_file(root_.full(file));
    int error = write_all(opened.number(), bytes);
    if (error != 0) {
      // A torn piece would run into whatever is added next.
      const bool undone = ftruncate(opened.number(), before.st_size) == 0;
      return root_.failed(error, undone ? "nothing can be added" : "only a part was added", file);
    }
    error = sync_all(opened.number());
    if (error != 0) return root_.failed(error, not_durable, file);
    if (before.st_size == 0) return sync(file.folder());
    return {};
  }

  Result<> rename(const RelativePath& from, const RelativePath& to, Existing existing) override {
    const auto old_place = TRY(root_.place(from));
    const auto new_place = TRY(root_.place(to));
    const int error = existing == Existing::replace ? rename_over(old_place, new_place)
                                                    : rename_to_free_name(old_place, new_place);
    if (error == 0) return {};
    return root_.failed(
        error == EXDEV ? EOPNOTSUPP : error, "it cannot be renamed", error == ENOENT ? from : to);
  }

  Result<> link(const RelativePath& from, const RelativePath& to) override {
    const auto old_place = TRY(root_.place(from));
    const auto new_place = TRY(root_.place(to));
    const int error = link_as(old_place, new_place);
    if (error == 0) return {};
    return root_.failed(
        or_unsupported(error), "it cannot get a second name", error == ENOENT ? from : to);
  }

  Result<std::unique_ptr<OutFile>> clone(const RelativePath& from,
                                         const RelativePath& to) override {
    const auto original = TRY(root_.open(from, O_RDONLY));
    auto copy = TRY(root_.open(to, O_WRONLY | O_CREAT | O_EXCL, mode_of_files));
    if (ioctl(copy.number(), FICLONE, original.number()) == 0)
      return writing(std::move(copy), ByteCount{0}, nullptr, root_.full(to));
    const int error = or_unsupported(errno);
    TRY(remove(to));
    return root_.failed(error, "its blocks cannot be shared", to);
  }

  Result<> symlink(std::string_view target, const RelativePath& at) override {
    const auto place = TRY(root_.place(at));
    const std::string text(target);
    if (symlinkat(text.c_str(), place.folder.number(), place.name.c_str()) == 0) return {};
    return root_.failed(or_unsupported(errno), "the link cannot be made", at);
  }

  Result<std::string> read_link(const RelativePath& link) override {
    const auto opened = TRY(root_.open(link, O_PATH));
    std::string target(PATH_MAX, '\0');
    const auto size = readlinkat(opened.number(), "", target.data(), target.size());
    // What is no link is said to be missing, as if the empty name had been looked for.
    if (size < 0) return root_.failed(errno == ENOENT ? EINVAL : errno, "it is no link", link);
    target.resize(static_cast<std::size_t>(size));
    return target;
  }

  Result<> make_folders(const RelativePath& folder) override {
    const auto there = root_.open(folder, O_PATH | O_DIRECTORY);
    if (there) return {};
    if (folder.is_root() || there.error().cause != Cause::not_found) return fail(there.error());
    TRY(make_folders(folder.folder()));
    const auto place = TRY(root_.place(folder));
    const int made = mkdirat(place.folder.number(), place.name.c_str(), mode_of_folders);
    if (made != 0 && errno != EEXIST)
      return root_.failed(errno, "the folder cannot be made", folder);
    return sync(folder.folder());
  }

  Result<> set_permissions(const RelativePath& path, std::uint32_t permissions) override {
    const auto opened = TRY(root_.open(path, O_RDONLY));
    if (fchmod(opened.number(), permissions) == 0) return {};
    return root_.failed(errno, "its permissions cannot be set", path);
  }

  Result<> remove(const RelativePath& path) override {
    const auto place = root_.place(path);
    if (!place && place.error().cause == Cause::not_found) return {};
    if (!place) return fail(place.error());
    const int error = remove_name(*place);
    if (error == 0) return {};
    auto failure = root_.failed(error, "it cannot be removed", path);
    if (failure.value().cause == Cause::not_found) return {};
    return failure;
  }

  Result<> sync(const RelativePath& folder) override {
    const auto opened = TRY(root_.open(folder, O_RDONLY | O_DIRECTORY));
    const int error = sync_all(opened.number());
    if (error != 0) return root_.failed(error, not_durable, folder);
    return {};
  }

  Result<std::optional<ByteCount>> free_space() override {
    struct statvfs system{};
    if (fstatvfs(root_.number(), &system) != 0)
      return root_.failed(errno, "its free space is not known", RelativePath());
    return ByteCount{std::uint64_t{system.f_bavail} * system.f_frsize};
  }

  Result<bool> is_case_insensitive() override {
    const auto entries = TRY(list(RelativePath()));
    return folds_case(root_.number(), entries);
  }

 private:
  Root root_;
  /// Shared with the files that were opened here, which may outlive the folder.
  std::shared_ptr<BufferPool> buffers_ = std::make_shared<BufferPool>();
};

}  // namespace

Result<std::unique_ptr<Folder>> open_folder(const std::filesystem::path& path) {
  auto root = TRY(Root::open(path));
  return std::make_unique<FolderOnDisk>(std::move(root));
}

Result<std::unique_ptr<Folder>> make_folder(const std::filesystem::path& path) {
  auto there = open_folder(path);
  if (there || there.error().cause != Cause::absent) return there;
  auto place = whole(path);
  if (!place.has_filename()) place = place.parent_path();  // it was written with a slash at its end
  const auto name = TRY(RelativePath::parse(place.filename().native()));
  const auto above = open_folder(place.parent_path());
  if (!above) return fail(above.error());
  TRY(above.value()->make_folders(name));
  return open_folder(path);
}

std::filesystem::path resolved(const std::filesystem::path& path) {
  std::error_code error;
  const auto place = whole(path);
  auto real = std::filesystem::weakly_canonical(place, error);
  return error ? place.lexically_normal() : real;
}

}  // namespace keepsake::os
