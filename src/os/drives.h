// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Drives that come and go.
namespace keepsake::os {

/// A file system on a drive that is plugged in.
struct Drive {
  std::filesystem::path device;               ///< "/dev/sdb1"
  std::vector<std::filesystem::path> mounts;  ///< where it is mounted as a whole
};

/// Where the system tells of them. Tests have their own.
struct DriveSights {
  std::filesystem::path mounts = "/proc/self/mountinfo";
  std::filesystem::path links = "/dev/disk";  ///< with by-uuid and by-label, made by udev
};

/// The drive whose file system has that UUID or label; nothing where none is plugged in. Where an
/// UUID has only 32 bits (FAT, exFAT) another drive may have the same: look at what lies on it.
/// Causes: denied.
Result<std::optional<Drive>> find_drive(std::string_view name, const DriveSights& sights = {});

/// Has udisks mount it where the desktop would; where. Causes: absent where udisks is not there or
/// does not want to.
Result<std::filesystem::path> mount_drive(const Drive& drive, const DriveSights& sights = {});

enum class Ejected {
  unmounted,   ///< nothing of it is in memory any more
  powered_off  ///< and its drive stands still
};

/// Writes out what is in memory and unmounts it, by udisks where it runs, else by umount. Causes:
/// conflict while somebody uses it, denied.
Result<Ejected> eject_drive(const Drive& drive);

/// A line of mountinfo (proc(5)), as far as it matters here.
struct Mounted {
  std::string numbers;          ///< "8:17": of the device
  std::string root;             ///< what of the file system is mounted there: "/" for the whole
  std::filesystem::path where;  ///< decoded
  std::string source;           ///< decoded
};

/// Lines of another shape are passed over.
std::vector<Mounted> mounts_in(std::string_view text);

}  // namespace keepsake::os
