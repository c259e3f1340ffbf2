// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "catalog/catalog.h"
#include "os/folder.h"
#include "photo/asset.h"
#include "source/source.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace keepsake::transfer {

/// A file that holds what would be downloaded.
struct Found {
  std::int64_t offer = 0;  ///< its row among the offers
  std::filesystem::path path;
  std::unique_ptr<source::Bytestream> bytes;  ///< confirmed only if they are what was asked for
};

/// Files that other programs downloaded, below folders that their owner named: taken instead of a
/// download where they have the size and Apple's checksum of what the source promises; their names
/// mean nothing. The folders are only read, and no symbolic link in them is followed. `find` and
/// `note_taken` may be called by several threads.
class Adoption {
 public:
  using ShowUnreadable = std::function<void(const std::filesystem::path& folder, const Error&)>;

  /// Looks which files there are and how large; reads none. A folder that cannot be looked at is
  /// shown and left out. Causes: cancelled, and what the catalog fails with.
  static Result<std::unique_ptr<Adoption>> look(catalog::Catalog& catalog,
                                                std::vector<std::unique_ptr<os::Folder>> folders,
                                                const ShowUnreadable& show_unreadable,
                                                const std::stop_token& stop);

  /// A file with these bytes; nothing when there is none, or the source promises no checksum. No
  /// file is read but those as large as something that was looked for, and each at most once.
  /// Causes: cancelled, and what the catalog fails with.
  Result<std::optional<Found>> find(const photo::Rendition& rendition, const std::stop_token& stop);

  /// It was stored.
  Result<> note_taken(const Found& found);

  /// How many files nothing was taken of.
  Result<std::int64_t> files_left();

 private:
  Adoption(catalog::Catalog& catalog, std::vector<std::unique_ptr<os::Folder>> folders)
      : catalog_(catalog), folders_(std::move(folders)) {}

  catalog::Catalog& catalog_;
  const std::vector<std::unique_ptr<os::Folder>> folders_;
  /// Whoever holds the block reads: a file that one thread reads may be what another looks for.
  Guarded<std::vector<std::byte>> block_;
};

}  // namespace keepsake::transfer
