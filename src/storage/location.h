// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "storage/rclone/rclone.h"
#include "storage/rest/rest.h"
#include "storage/s3/s3.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace keepsake::storage {

/// Where a storage is.
struct Location {
  std::variant<std::filesystem::path, SftpPlace, RestPlace, RclonePlace, S3Place> place;

  /// Null when it is not on this machine.
  [[nodiscard]] const std::filesystem::path* folder() const {
    return std::get_if<std::filesystem::path>(&place);
  }

  /// As its owner writes it.
  [[nodiscard]] std::string url() const;

  friend bool operator==(const Location&, const Location&) = default;
};

/// The location that a URL names. A path alone is one; a relative one begins at `here`.
///   sftp://user@host:port/path     below the server's root; user and port may be left out
///   sftp://user@host:port/~/path   below the home there
///   rest:https://user@host/path/   a server that speaks restic's REST protocol
///   rclone:remote:path             whatever rclone can reach
///   s3:https://host/bucket/prefix  a bucket of a server that speaks S3
/// Causes: invalid; unsupported for a kind of storage that this version does not have.
Result<Location> parse_location(std::string_view url, const std::filesystem::path& here);

/// The same for what can only be a folder of this machine.
Result<std::filesystem::path> parse_folder(std::string_view url, const std::filesystem::path& here);

/// What storages take from where the program runs, under the names that every program of their kind
/// uses: RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD.
struct Surroundings {
  /// The value of an environment variable; nothing where it is not set or empty.
  std::function<std::optional<std::string>(const char* name)> variable;
  std::optional<std::filesystem::path> ca_file{};  ///< trusted besides what the system trusts
};

/// Looks whether its folder is there. Causes: absent, denied, offline, unsupported (a program that
/// it needs is missing).
Result<std::unique_ptr<Storage>> open_storage(const Location& location,
                                              const Surroundings& surroundings);

/// The same, and makes the last part of its path when that is missing.
Result<std::unique_ptr<Storage>> make_storage(const Location& location,
                                              const Surroundings& surroundings);

}  // namespace keepsake::storage
