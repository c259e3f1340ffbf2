// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "base/result.h"
#include "base/time.h"
#include "os/folder.h"
#include "photo/account.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::job {

/// The folder that files are restored into. A file appears there whole, with its time, or not at
/// all; nothing that exists is overwritten.
class RestoredFiles {
 public:
  enum class Outcome { written, equal };

  /// Makes the last part of the path when it is missing.
  static Result<RestoredFiles> into(const std::filesystem::path& folder, std::stop_token stop);

  /// `content` is what the bytes must be, where that is known. Causes: conflict (another file is
  /// there), corrupt, invalid (a path that leads out of the folder), cancelled, full…
  Result<Outcome> restore(const std::string& path,
                          RandomAccess& from,
                          const std::optional<photo::Content>& content,
                          Instant modified);

  /// Whether that file is there already with this content. Causes: conflict for another one.
  Result<bool> has(const std::string& path, const photo::Content& content);

  Result<> restore_folder(const std::string& path);
  Result<Outcome> restore_link(const std::string& path, const std::string& target);

 private:
  RestoredFiles(std::unique_ptr<os::Folder> folder, std::stop_token stop)
      : folder_(std::move(folder)), stop_(std::move(stop)) {}

  Result<> write(const RelativePath& path,
                 RandomAccess& from,
                 const std::optional<photo::Content>& content,
                 Instant modified);

  std::unique_ptr<os::Folder> folder_;
  std::stop_token stop_;
  std::vector<std::byte> block_;
};

}  // namespace keepsake::job
