// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/rate.h"
#include "base/result.h"
#include "storage/rclone/rclone.h"
#include "storage/rest/rest.h"
#include "storage/s3/s3.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"
#include "storage/webdav/webdav.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace keepsake::storage {

/// A folder of a drive, wherever it is mounted.
struct DrivePlace {
  std::string drive;  ///< UUID or label of its file system
  RelativePath path;
  friend bool operator==(const DrivePlace&, const DrivePlace&) = default;
};

/// Where a storage is.
struct Location {
  std::variant<std::filesystem::path,
               DrivePlace,
               SftpPlace,
               RestPlace,
               RclonePlace,
               S3Place,
               WebdavPlace>
      place;

  /// Null when it is not on this machine, or on a drive.
  [[nodiscard]] const std::filesystem::path* folder() const {
    return std::get_if<std::filesystem::path>(&place);
  }

  /// Null when it is not on a drive that comes and goes.
  [[nodiscard]] const DrivePlace* on_drive() const { return std::get_if<DrivePlace>(&place); }

  /// Whether it is a folder, now or while its drive is plugged in.
  [[nodiscard]] bool is_local() const { return folder() != nullptr || on_drive() != nullptr; }

  /// Whether files of any name can lie there, and not those of a repository alone.
  [[nodiscard]] bool takes_files() const { return !std::holds_alternative<RestPlace>(place); }

  /// As its owner writes it.
  [[nodiscard]] std::string url() const;

  friend bool operator==(const Location&, const Location&) = default;
};

/// The location that a URL names. A path alone is one; a relative one begins at `here`.
///   drive:UUID-or-label/path       a folder of a drive, wherever it is mounted
///   sftp://user@host:port/path     below the server's root; user and port may be left out
///   sftp://user@host:port/~/path   below the home there
///   rest:https://user@host/path/   a server that speaks restic's REST protocol
///   rclone:remote:path             whatever rclone can reach
///   s3:https://host/bucket/prefix  a bucket of a server that speaks S3
///   webdav+https://user@host/path  a folder of a server that speaks WebDAV
/// Causes: invalid; unsupported for a kind of storage that this version does not have.
Result<Location> parse_location(std::string_view url, const std::filesystem::path& here);

/// What becomes of a drive that is plugged in and not mounted.
enum class Unmounted { stays, is_mounted };

/// The folder that a local place is now. Causes: absent (the drive is not plugged in, or not
/// mounted).
Result<std::filesystem::path> folder_now(const Location& location,
                                         Unmounted drive = Unmounted::is_mounted);

/// As `parse_location`, for what can only be a folder of this machine.
Result<std::filesystem::path> parse_folder(std::string_view url, const std::filesystem::path& here);

/// What storages take from where the program runs, under the names that every program of their kind
/// uses: RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD, those of AWS; WebDAV has none, so that
/// there they are KEEPSAKE_WEBDAV_USERNAME and KEEPSAKE_WEBDAV_PASSWORD.
struct Surroundings {
  /// The value of an environment variable; nothing where it is not set or empty.
  std::function<std::optional<std::string>(const char* name)> variable;
  std::optional<std::filesystem::path> ca_file{};  ///< trusted besides what the system trusts
};

/// What shall be stored: the files of a repository, or any (`Location::takes_files`).
enum class Holds { repository, files };

/// What becomes of a folder that is not there; never those above it.
enum class Missing { is_absent, is_made };

struct Opening {
  Holds holds = Holds::repository;
  Missing missing = Missing::is_absent;
  Rate rate{};  ///< over the line to a server
};

/// Looks whether its folder is there. Causes: absent, denied, offline, unsupported (a program that
/// it needs is missing).
Result<std::unique_ptr<Storage>> open_storage(const Location& location,
                                              const Surroundings& surroundings,
                                              const Opening& opening);

}  // namespace keepsake::storage
