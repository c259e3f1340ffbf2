// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "base/guarded.h"
#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace keepsake::app::cli {

/// Everything the program says. With --json, standard output has JSON lines only; otherwise it has
/// sentences. Progress is one moving line on standard error, on a terminal only.
class Printer {
 public:
  explicit Printer(const Command& command);

  [[nodiscard]] bool json() const { return json_; }

  [[nodiscard]] bool verbose() const { return verbose_; }

  /// A line for a person; nothing with --json or --quiet.
  void say(std::string_view line) const;

  /// A line that --quiet does not silence; nothing with --json.
  void insist(std::string_view line) const;

  /// A line for a script; nothing without --json. Bytes that are not UTF-8 become U+FFFD.
  void emit(const nlohmann::json& object) const;

  /// Hands on what was said so far, of a verb that goes on for long.
  void flush();

  /// An error that ended the verb: on standard error, or as the last JSON line.
  void error(const Error& error, int exit_code);

  /// Whether anybody sees the moving line.
  [[nodiscard]] bool shows_progress() const { return width_ > 0; }

  /// Replaces the moving line, at most ten times a second. May be called from several threads.
  void progress(const std::string& line);
  void end_progress();

 private:
  struct Moving {
    std::chrono::steady_clock::time_point drawn{};
    bool there = false;
  };

  bool json_;
  bool quiet_;
  bool verbose_;
  int width_ = 0;
  Guarded<Moving> moving_;
};

}  // namespace keepsake::app::cli
