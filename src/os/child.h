// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace keepsake::os {

/// A program that runs beside this one and is talked to over its standard input and output. It ends
/// with this object. One thread may read while another writes.
class Child {
 public:
  /// The first word is looked up in PATH; no shell sees any of them. A `read` waits no longer than
  /// `patience`, or without end. Causes: not_found when there is no such program.
  static Result<std::unique_ptr<Child>> start(
      const std::vector<std::string>& words,
      std::optional<std::chrono::milliseconds> patience = std::nullopt);

  virtual ~Child() = default;

  /// Writes all of it. Causes: offline when the program has ended.
  virtual Result<> write(ByteView bytes) = 0;

  /// Waits for something to read; 0 when the program has ended or closed its output. Causes:
  /// timeout; it may then be tried again.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;

  /// Makes a `read` that waits return 0, from any thread.
  virtual void hang_up() = 0;

  /// The end of what it wrote to its standard error, after it has ended; for messages.
  virtual std::string last_words() = 0;
};

}  // namespace keepsake::os
