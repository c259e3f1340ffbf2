// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/listing.h"

#include "base/result.h"
#include "os/descriptor.h"
#include "os/failure.h"
#include "os/file.h"
#include "os/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace keepsake::os {

namespace {

struct CloseStream {
  void operator()(DIR* stream) const { closedir(stream); }
};

bool is_dot(std::string_view name) { return name == "." || name == ".."; }

/// Orders names as the whole paths below them are ordered: a folder's go on with '/'.
bool goes_before(const Entry& a, const Entry& b) {
  const auto common = std::min(a.name.size(), b.name.size());
  const auto rest = [common](const Entry& entry) -> std::string_view {
    if (entry.name.size() > common) return std::string_view(entry.name).substr(common);
    return entry.type == Entry::Type::folder ? "/" : "";
  };
  const int order = a.name.compare(0, common, b.name, 0, common);
  return order != 0 ? order < 0 : rest(a) < rest(b);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The name with each letter in the other case.
std::string swapped(std::string name) {
  constexpr char case_bit = 'a' ^ 'A';
  for (char& c : name)
    if (is_letter(c)) c = static_cast<char>(c ^ case_bit);
  return name;
}

/// What looking for an entry by its swapped name says; nothing where it says nothing.
std::optional<bool> folds_case_of(int folder, const Entry& entry) {
  const auto other = swapped(entry.name);
  if (other == entry.name) return std::nullopt;
  struct stat status{};
  if (fstatat(folder, other.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    return status.st_ino == entry.inode && status.st_dev == entry.device;
  return errno == ENOENT ? std::optional(false) : std::nullopt;
}

/// ext4 and F2FS fold case in folders that are marked so.
bool is_marked_as_folding(int folder) {
  unsigned flags = 0;
  return ioctl(folder, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_CASEFOLD_FL) != 0;
}

/// Of file systems that can do either, the cautious answer: they fold.
bool may_fold_case(int folder) {
  struct statfs system{};
  if (fstatfs(folder, &system) != 0) return true;
  constexpr long ntfs = 0x5346544e;
  constexpr long ntfs3 = 0x7366746e;
  constexpr long hfs = 0x4244;
  constexpr long hfs_plus = 0x482b;
  switch (system.f_type) {
    case MSDOS_SUPER_MAGIC:
    case EXFAT_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case FUSE_SUPER_MAGIC:
    case ntfs:
    case ntfs3:
    case hfs:
    case hfs_plus:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::vector<Entry>> list_entries(Descriptor folder, const std::filesystem::path& where) {
  constexpr std::string_view not_listed = "the folder cannot be listed";
  const std::unique_ptr<DIR, CloseStream> stream(fdopendir(folder.number()));
  if (!stream) return failed(errno, not_listed, where);
  const int number = folder.release();
  std::vector<Entry> entries;
  for (;;) {
    errno = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this thread's alone
    const dirent* const next = readdir(stream.get());
    if (next == nullptr && errno != 0) return failed(errno, not_listed, where);
    if (next == nullptr) break;
    if (is_dot(next->d_name)) continue;
    struct stat status{};
    if (fstatat(number, next->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
      entries.push_back(entry_of(next->d_name, status));
    else if (errno != ENOENT)  // which only means that it was removed meanwhile
      return failed(errno, "it cannot be seen", where / next->d_name);
  }
  std::sort(entries.begin(), entries.end(), goes_before);
  return entries;
}

bool folds_case(int folder, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries)
    if (const auto folds = folds_case_of(folder, entry)) return *folds;
  return is_marked_as_folding(folder) || may_fold_case(folder);
}

}  // namespace keepsake::os
