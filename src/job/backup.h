// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/report.h"
#include "job/exit_code.h"
#include "job/home.h"
#include "job/mass_change.h"
#include "job/note_changes.h"
#include "transfer/carry_out.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::job {

struct BackupOptions {
  /// All when empty. Or destinations: then no source is looked at, and what they hold is brought.
  std::vector<std::string> sources;
  std::vector<std::string> destinations;  ///< all when empty, but those named above
  bool dry_run = false;
  bool accept_changes = false;  ///< goes on where it would stop at a mass change
  /// Folders with files of other programs, to be taken instead of a download where they are equal.
  std::vector<std::filesystem::path> adopt;
};

/// What a run tells while it runs.
struct BackupWatcher {
  LookWatcher look;
  /// About a source as a whole, or a folder to adopt from.
  std::function<void(std::string_view where, std::string_view message)> warning;
  transfer::ShowProgress progress;
  /// Of a dry run: a file that would be brought to these destinations, and which file would be
  /// taken instead of a download.
  std::function<void(const photo::Account& account,
                     const photo::Rendition& rendition,
                     const std::vector<std::string>& destinations,
                     const std::optional<std::filesystem::path>& adopted)>
      would_keep;
  /// Of a dry run: a kept file that would go into quarantine, or come back from there.
  std::function<void(
      const photo::Account& account, const std::string& destination, const std::string& to)>
      would_move;
  ShowUpset upset;
};

struct BackupReport {
  std::int64_t run = 0;
  catalog::AssetSum assets;
  std::int64_t ignored = 0;
  transfer::Tally tally;
  std::uint64_t requests = 0;  ///< that sources sent over the network
  /// Files to adopt that nothing was taken of; nothing where none were looked at.
  std::optional<std::int64_t> files_not_adopted;

  struct Destination {
    std::string name;
    std::string kind;
    std::int64_t held = 0;
    std::int64_t pending = 0;
    std::int64_t failed = 0;
    ByteCount bytes_written;
    std::optional<std::string> snapshot;  ///< a vault's new one; nothing when nothing changed
  };

  std::vector<Destination> destinations;
  /// Photos that are not held, and sources or destinations that could not be opened (these name no
  /// asset).
  std::vector<catalog::NotSafe> not_safe;
  ExitCode exit_code = ExitCode::done;
};

/// Brings every destination to hold every photo of every source. An error means that nothing could
/// be done, or should be before a person has looked (safety_stop); everything else is in the
/// report.
Result<BackupReport> back_up(Home& home,
                             const BackupOptions& options,
                             const BackupWatcher& watcher,
                             std::stop_token stop);

}  // namespace keepsake::job
