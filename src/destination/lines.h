// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "base/result.h"
#include "os/folder.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::destination {

/// The lines of a file, one at a time, with memory for one line and one block.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<RandomAccess> file) : file_(std::move(file)) {}

  /// The next line without its newline; nothing at the end. A last line without a newline was torn
  /// by a crash or cut off: `torn` tells. A line longer than any of ours comes back empty.
  Result<std::optional<std::string>> next();

  [[nodiscard]] bool torn() const { return torn_; }

  /// Where in the file the next line begins.
  [[nodiscard]] std::uint64_t position() const { return pending_at_ + position_; }

 private:
  std::unique_ptr<RandomAccess> file_;
  std::vector<std::byte> block_;
  std::string pending_;
  std::uint64_t pending_at_ = 0;  ///< where `pending_` begins in the file
  std::size_t position_ = 0;      ///< in `pending_`
  bool ended_ = false;
  bool torn_ = false;
  bool skipping_ = false;
};

/// Collects lines into blocks on their way into a new file.
class LineWriter {
 public:
  using Write = std::function<Result<>(ByteView)>;

  explicit LineWriter(Write write) : write_(std::move(write)) {}

  Result<> add(std::string_view line);

  /// Writes what is left.
  Result<> flush();

 private:
  Write write_;
  std::string block_;
};

}  // namespace keepsake::destination
