// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/exit_code.h"
#include "job/home.h"
#include "transfer/carry_out.h"
#include "verify/verify.h"

#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::job {

struct VerifyOptions {
  std::vector<std::string> destinations;  ///< all when empty
  verify::Amount amount;
  bool repair = false;
};

struct VerifyReport {
  struct Destination {
    std::string name;
    std::int64_t checked = 0;
    ByteCount bytes_read;
    std::int64_t damaged = 0;
    std::int64_t missing = 0;
    std::int64_t repaired = 0;
  };

  std::vector<Destination> destinations;

  struct Damage {
    std::string destination;
    std::string path;
    std::string asset;
    Cause cause = Cause::corrupt;
    std::string message;
    bool repaired = false;
  };

  std::vector<Damage> damaged;  ///< missing files are among them, with cause not_found
  std::vector<std::string> notes;
  ExitCode exit_code = ExitCode::done;
};

/// Reads back what destinations hold, and heals what is wrong from another destination or the
/// source when asked to.
Result<VerifyReport> verify_and_repair(Home& home,
                                       const VerifyOptions& options,
                                       const std::function<void(const verify::Progress&)>& progress,
                                       std::stop_token stop);

}  // namespace keepsake::job
