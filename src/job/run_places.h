// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config/settings.h"
#include "destination/destination.h"
#include "destination/lazy_session.h"
#include "job/home.h"
#include "transfer/carry_out.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keepsake::job {

/// A destination of a verb: configured, known to the ledger, and open unless it could not be.
struct OpenDestination {
  config::Destination settings;
  std::int64_t row = 0;
  std::unique_ptr<destination::Destination> destination;  ///< null when it could not be opened
  std::unique_ptr<destination::LazySession> session;      ///< null before `begin_session`
  std::unique_ptr<transfer::Lane> lane;
  std::optional<Error> error;
  bool was_written = false;  ///< its session was opened
  ByteCount bytes_written;
  std::optional<std::string> snapshot;  ///< a vault's new one
};

/// Opens these destinations, each with its own success or failure.
Result<std::vector<OpenDestination>> open_destinations(
    Home& home, const std::vector<config::Destination>& chosen);

/// A destination of which the ledger knows nothing may hold a backup all the same: it was removed
/// and added again, or the ledger was lost. Its own records say what lies there. Causes: those of
/// opening it.
Result<> learn_what_is_held(Home& home, const OpenDestination& place);

/// The same; and where somebody else wrote to it since it was left, notes what is no longer there.
Result<> get_to_know(Home& home, OpenDestination& place, const std::stop_token& stop);

/// Prepares writing. What a killed run had stored there is finished and noted in the ledger at
/// once; otherwise nothing is opened before something is to be written.
Result<> begin_session(Home& home, OpenDestination& place);

/// Ends writing, and notes in the ledger what is held by it. A failure of the place is kept as its
/// error.
Result<> close_session(Home& home, OpenDestination& place);

}  // namespace keepsake::job
