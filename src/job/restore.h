// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/exit_code.h"
#include "job/home.h"
#include "photo/query.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::job {

struct RestoreOptions {
  photo::Query query;
  std::string from;               ///< a destination's name
  std::filesystem::path to;       ///< a folder; its last part is made when missing
  std::optional<std::string> at;  ///< of a vault: a day ("2024-05-01": its end) or a snapshot's id
  bool dry_run = false;
};

struct RestoreReport {
  std::int64_t assets = 0;  ///< restored whole
  std::int64_t files = 0;
  std::int64_t equal = 0;  ///< of the files: they were there already
  ByteCount bytes;
  std::int64_t not_there = 0;  ///< assets of the query that the destination never held

  struct Failure {
    std::string asset;
    std::string path;
    Cause cause = Cause::corrupt;
    std::string message;
  };

  std::vector<Failure> not_restored;
  ExitCode exit_code = ExitCode::done;
};

/// Brings photos back as files, below `to` in the layout they were kept in, with their times. What
/// is there already is never overwritten. What is gone at its source comes back only when asked
/// for.
Result<RestoreReport> restore(Home& home,
                              const RestoreOptions& options,
                              const std::function<void(const std::string& path)>& show,
                              std::stop_token stop);

}  // namespace keepsake::job
