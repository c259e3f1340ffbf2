// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "os/folder.h"
#include "os/temporary_folder.h"
#include "sqlite/database.h"

#include <filesystem>
#include <stop_token>
#include <string>

/// The bundle that a Mac's Photos keeps a library in: a folder, `Name.photoslibrary`. Only read.
namespace keepsake::source::photos {

/// Whether the folder is a library that can be read: one of Photos 5 (macOS 10.15) or later.
/// Causes: invalid for what is no library, unsupported for one of an older program; both say what
/// to do.
Result<> check_bundle(os::Folder& bundle);

/// A private copy of a library's database. Photos may have the original open and write to it, and
/// whoever opens a database in this mode may write to it too; and what is in its log
/// (`Photos.sqlite-wal`) counts like the rest.
struct DatabaseCopy {
  os::TemporaryFolder folder;
  sqlite::Database database;
  std::string stamp;  ///< of the originals: the same stamp, the same rows

  /// Copies file and log to a folder at that place, again and again until neither changed
  /// meanwhile, and opens the copy. Causes: absent, changed (it does not come to rest), corrupt,
  /// denied, full, cancelled.
  static Result<DatabaseCopy> take(os::Folder& bundle,
                                   const std::filesystem::path& place,
                                   const std::stop_token& stop);
};

}  // namespace keepsake::source::photos
