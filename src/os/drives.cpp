// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/drives.h"

#include "base/text.h"
#include "os/descriptor.h"
#include "os/failure.h"
#include "os/shell.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

namespace keepsake::os {

namespace {

namespace fs = std::filesystem;

/// The bytes that stand for others: "\040" (base 8, after a backslash) in mountinfo, "\x20" (base
/// 16, after "\x") in the names of udev's links.
std::string decoded(std::string_view text, std::string_view mark, std::size_t digits, int base) {
  std::string result;
  while (!text.empty()) {
    unsigned char byte = 0;
    const auto number = text.starts_with(mark) ? text.substr(mark.size(), digits) : "";
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), byte, base);
    const bool stands_for_one =
        number.size() == digits && error == std::errc() && end == number.data() + digits;
    result += stands_for_one ? static_cast<char>(byte) : text.front();
    text.remove_prefix(stands_for_one ? mark.size() + digits : 1);
  }
  return result;
}

std::string read_whole(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What a link of that name in a folder of links leads to.
std::optional<fs::path> linked(const fs::path& folder, std::string_view name) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto named = decoded(entry.path().filename().string(), "\\x", 2, 16);
    if (folded(named) != folded(name)) continue;
    auto device = fs::canonical(entry.path(), error);
    if (!error) return device;
  }
  return std::nullopt;
}

/// "8:17"; empty for what is no device.
std::string numbers_of(const fs::path& device) {
  struct stat it{};
  if (stat(device.c_str(), &it) != 0 || !S_ISBLK(it.st_mode)) return {};
  return fmt::format("{}:{}", major(it.st_rdev), minor(it.st_rdev));
}

bool is_of(const Mounted& mount, const fs::path& device, const std::string& numbers) {
  if (!numbers.empty() && mount.numbers == numbers) return true;
  std::error_code error;
  return mount.source.starts_with('/') && fs::canonical(mount.source, error) == device;
}

std::vector<fs::path> mounts_of(const fs::path& device, const DriveSights& sights) {
  const auto numbers = numbers_of(device);
  std::vector<fs::path> mounts;
  for (Mounted& mount : mounts_in(read_whole(sights.mounts)))
    if (mount.root == "/" && is_of(mount, device, numbers))
      mounts.push_back(std::move(mount.where));
  return mounts;
}

/// All of what is in memory of the file system there.
Result<> write_out(const fs::path& mount) {
  const Descriptor folder(open(mount.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return failed(errno, "the drive cannot be opened", mount.string());
  if (syncfs(folder.number()) != 0)
    return failed(errno, "the drive cannot be written to", mount.string());
  return {};
}

/// Whether it did what it was asked to; nothing where udisks is not there to be asked.
Result<std::optional<bool>> ask_udisks(const std::string& word, const fs::path& device) {
  const auto ran =
      run_program({"udisksctl", word, "--block-device", device.string(), "--no-user-interaction"});
  if (!ran && ran.error().cause == Cause::not_found) return std::nullopt;
  if (!ran) return fail(ran.error());
  if (ran->exit_code == 0) return std::optional(true);
  const bool is_deaf = ran->printed.find("Error connecting") != std::string::npos;
  return is_deaf ? std::nullopt : std::optional(false);
}

Result<> unmount(const Drive& drive) {
  const auto asked = TRY(ask_udisks("unmount", drive.device));
  if (asked && *asked) return {};
  for (const fs::path& mount : drive.mounts) {
    const auto ran = TRY(run_program({"umount", "--", mount.string()}));
    if (ran.exit_code == 0) continue;
    const auto words = trimmed(ran.printed);
    const bool is_busy = words.find("busy") != std::string::npos;
    return fail(Error{is_busy ? Cause::conflict : Cause::denied,
                      is_busy ? "a program still uses the drive; close it and try again"
                              : fmt::format("the drive cannot be unmounted: {}", words),
                      mount.string(),
                      Scope::destination});
  }
  return {};
}

}  // namespace

std::vector<Mounted> mounts_in(std::string_view text) {
  std::vector<Mounted> mounts;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream stream(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 5 || words.end() - dash < 3) continue;
    mounts.push_back({words[2],
                      decoded(words[3], "\\", 3, 8),
                      decoded(words[4], "\\", 3, 8),
                      decoded(*(dash + 2), "\\", 3, 8)});
  }
  return mounts;
}

Result<std::optional<Drive>> find_drive(std::string_view name, const DriveSights& sights) {
  for (const char* const links : {"by-uuid", "by-label"}) {
    auto device = linked(sights.links / links, name);
    if (!device) continue;
    auto mounts = mounts_of(*device, sights);
    return std::optional(Drive{*std::move(device), std::move(mounts)});
  }
  return std::nullopt;
}

Result<fs::path> mount_drive(const Drive& drive, const DriveSights& sights) {
  const auto asked = TRY(ask_udisks("mount", drive.device));
  auto mounts = mounts_of(drive.device, sights);
  if (asked && *asked && !mounts.empty()) return std::move(mounts.front());
  return fail(Error{Cause::absent,
                    "the drive is plugged in, but not mounted; open it in the file manager, or "
                    "mount it",
                    drive.device.string(),
                    Scope::destination});
}

Result<Ejected> eject_drive(const Drive& drive) {
  for (const fs::path& mount : drive.mounts) TRY(write_out(mount));
  TRY(unmount(drive));
  const auto stands = TRY(ask_udisks("power-off", drive.device));
  return stands && *stands ? Ejected::powered_off : Ejected::unmounted;
}

}  // namespace keepsake::os
