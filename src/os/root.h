// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "os/descriptor.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::os {

/// How a path below the root is walked without ever following a link.
enum class Walk {
  at_once,  ///< by one system call that refuses links (openat2, Linux 5.6)
  by_parts  ///< one part after the other, for older kernels and for paths too long for one call
};

/// A name in an open folder.
struct Place {
  Descriptor folder;
  std::string name;
};

/// An open folder and the only way to what lies below it: each path is resolved anew from the
/// folder's descriptor, so that neither a link nor a folder moved meanwhile leads out of it.
class Root {
 public:
  /// Causes: absent, invalid, denied.
  static Result<Root> open(const std::filesystem::path& path);

  /// The same root, walked in a way that the caller chooses.
  static Result<Root> open(const std::filesystem::path& path, Walk walk);

  [[nodiscard]] const std::filesystem::path& where() const { return where_; }

  /// The full path of something below, for messages.
  [[nodiscard]] std::filesystem::path full(const RelativePath& path) const {
    return path.is_root() ? where_ : where_ / path.text();
  }

  [[nodiscard]] int number() const { return folder_.number(); }

  /// Opens as open(2) does with these flags, but follows no link, never waits and is not inherited.
  [[nodiscard]] Result<Descriptor> open(const RelativePath& path, int flags, mode_t mode = 0) const;

  /// For calls that take a folder and a name in it.
  [[nodiscard]] Result<Place> place(const RelativePath& path) const;

  /// What went wrong with something below: "not there" is said only while the root itself is there.
  [[nodiscard]] tl::unexpected<Error> failed(int error,
                                             std::string_view attempt,
                                             const RelativePath& path) const;

 private:
  Root(Descriptor folder, std::filesystem::path where, Walk walk)
      : folder_(std::move(folder)), where_(std::move(where)), walk_(walk) {}

  Descriptor folder_;
  std::filesystem::path where_;
  Walk walk_;
};

/// The absolute form of a path; the path itself where the folder we are in has gone away.
std::filesystem::path whole(const std::filesystem::path& path);

}  // namespace keepsake::os
