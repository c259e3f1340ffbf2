// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/exit_code.h"
#include "job/home.h"
#include "job/run_places.h"
#include "photo/account.h"
#include "photo/query.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// What was deleted at its source, in the destinations whose owner wants that out of the way. No
/// run deletes anything: `empty` alone does.
namespace keepsake::job {

/// Before a run brings anything: what is gone goes into quarantine, where the destination has that
/// rule, and what is there again comes back from it. A failure of the place becomes its error.
Result<> put_in_place(Home& home,
                      OpenDestination& place,
                      std::span<const std::int64_t> sources,
                      const std::stop_token& stop);

/// An asset of which something lies in quarantine in a destination.
struct Quarantined {
  photo::Account account;
  Instant since{};  ///< the youngest of its files there
  std::int64_t files = 0;
  ByteCount bytes;
  bool overdue = false;  ///< longer there than the destination's quarantine_days
};

Result<std::vector<Quarantined>> list_quarantine(Home& home, const std::string& destination);

struct QuarantineReport {
  std::int64_t assets = 0;  ///< taken out, or deleted
  std::int64_t files = 0;
  ByteCount bytes;

  struct Left {
    std::string asset;
    std::string name;
    Cause cause = Cause::safety_stop;
    std::string message;
  };

  std::vector<Left> left;  ///< those that stayed where they were, and why
  ExitCode exit_code = ExitCode::done;
};

/// Takes what the query matches out of quarantine, to where it lay; it stays there although it is
/// gone, until it comes back to its source and goes again.
Result<QuarantineReport> restore_from_quarantine(Home& home,
                                                 const std::string& destination,
                                                 const photo::Query& query,
                                                 const std::stop_token& stop);

/// Whether a photo is deleted that lies nowhere else.
enum class LastCopies { keep, remove };

/// Deletes what lies in quarantine longer than the destination's quarantine_days, with its older
/// versions. Last copies are left and named, unless they are to go too.
Result<QuarantineReport> empty_quarantine(Home& home,
                                          const std::string& destination,
                                          LastCopies last_copies,
                                          const std::stop_token& stop);

}  // namespace keepsake::job
