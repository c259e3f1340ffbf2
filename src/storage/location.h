// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "storage/sftp/sftp.h"
#include "storage/storage.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace keepsake::storage {

/// Where a storage is.
struct Location {
  std::variant<std::filesystem::path, SftpPlace> place;

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
/// Causes: invalid; unsupported for a kind of storage that this version does not have.
Result<Location> parse_location(std::string_view url, const std::filesystem::path& here);

/// The same for what can only be a folder of this machine.
Result<std::filesystem::path> parse_folder(std::string_view url, const std::filesystem::path& here);

/// Looks whether its folder is there. Causes: absent, denied, offline.
Result<std::unique_ptr<Storage>> open_storage(const Location& location);

/// The same, and makes the last part of its path when that is missing.
Result<std::unique_ptr<Storage>> make_storage(const Location& location);

}  // namespace keepsake::storage
