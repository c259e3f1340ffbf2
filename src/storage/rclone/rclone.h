// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/rate.h"
#include "base/result.h"
#include "storage/storage.h"

#include <memory>
#include <string>

namespace keepsake::storage {

/// A folder on any of the services that rclone knows.
struct RclonePlace {
  std::string remote;  ///< "name:path", as rclone writes it
  friend bool operator==(const RclonePlace&, const RclonePlace&) = default;
};

/// As its owner writes it: "rclone:name:path".
std::string url_of(const RclonePlace& place);

/// Starts `rclone serve restic` for itself, on this machine's own network and behind a password
/// that is made for it, and speaks restic's REST protocol with it. Where things are and how rclone
/// signs in is rclone's own configuration. Causes: unsupported when there is no rclone; offline
/// when it cannot serve, with its own last words.
Result<std::unique_ptr<Storage>> start_rclone(const RclonePlace& place, const Rate& rate = {});

/// The same with `rclone serve webdav`, for files of any name.
Result<std::unique_ptr<Storage>> start_rclone_for_files(const RclonePlace& place,
                                                        const Rate& rate = {});

}  // namespace keepsake::storage
