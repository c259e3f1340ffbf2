// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/folder.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::destination::tree {

/// The lines of a file, one at a time, with memory for one line and one block.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<os::InFile> file) : file_(std::move(file)) {}

  /// The next line without its newline; nothing at the end. A last line without a newline was torn
  /// by a crash or cut off: `torn` tells. A line longer than any of ours comes back empty.
  Result<std::optional<std::string>> next();

  [[nodiscard]] bool torn() const { return torn_; }

 private:
  std::unique_ptr<os::InFile> file_;
  std::vector<std::byte> block_;
  std::string pending_;
  std::size_t position_ = 0;
  bool ended_ = false;
  bool torn_ = false;
  bool skipping_ = false;
};

/// Collects lines into blocks on their way into a new file.
class LineWriter {
 public:
  explicit LineWriter(std::unique_ptr<os::OutFile> file) : file_(std::move(file)) {}

  Result<> add(std::string_view line);
  Result<> finish();

 private:
  std::unique_ptr<os::OutFile> file_;
  std::string block_;
};

}  // namespace keepsake::destination::tree
