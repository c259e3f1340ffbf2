// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's own name
}

namespace keepsake::os {

/// What tells the time. Tests pass their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
};

Clock& system_clock();

/// A named time zone, cheap to copy and to ask, of the system's database.
class TimeZone {
 public:
  /// Causes: not_found for a name the system does not know.
  static Result<TimeZone> named(std::string_view name);

  /// The system's own zone; UTC where it has none.
  static TimeZone of_system();

  [[nodiscard]] const std::string& name() const { return name_; }

  /// What clocks there showed at that moment.
  [[nodiscard]] WallTime wall(Instant instant) const;

  /// The moment at which clocks there showed this; the earlier one where they showed it twice, the
  /// moment of the change where they skipped it.
  [[nodiscard]] Instant instant(WallTime wall) const;

 private:
  TimeZone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_;
  const date::time_zone* zone_;  ///< the program has it for good; null for UTC without a database
};

/// A lock that only one process can have and that no crash leaves behind (an open file description
/// lock on a file, which stays, for its owner only). Held until destroyed.
class FileLock {
 public:
  virtual ~FileLock() = default;

  /// Causes: locked when another process has it; denied.
  static Result<std::unique_ptr<FileLock>> take(const std::filesystem::path& file);
};

/// 16 bytes from the system's random source.
Id128 random_id();

/// The machine's name as it gives it itself, and this process: what locks are signed with.
std::string host_name();
std::int64_t process_id();

/// Whether a process of that id runs on this machine, whoever's it is.
bool is_running(std::int64_t process);

/// This terminal's width in columns; nothing where standard error is no terminal.
std::optional<int> terminal_width();

/// Asks on this terminal for a line that is not shown while it is typed. Causes: not_found where
/// there is no terminal; cancelled when nothing was entered.
Result<Secret> ask_hidden(std::string_view question);

/// Asks on this terminal for a line, which is shown. Causes: as `ask_hidden`.
Result<std::string> ask_shown(std::string_view question);

/// Makes SIGINT and SIGTERM ask for a stop instead of killing the process; the second one ends it
/// at once, with exit code 130. Call it from main, before any thread starts. The two signals stay
/// blocked in every thread, and a process that is started must unblock them for itself.
std::stop_token stop_on_signals();

/// The most memory this process has had, for reports.
ByteCount peak_memory();

}  // namespace keepsake::os
