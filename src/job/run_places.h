// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config/settings.h"
#include "destination/destination.h"
#include "job/home.h"
#include "transfer/carry_out.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::job {

/// A destination of a verb: configured, known to the ledger, and open unless it could not be.
struct OpenDestination {
  config::Destination settings;
  std::int64_t row = 0;
  std::unique_ptr<destination::Destination> destination;  ///< null when it could not be opened
  std::unique_ptr<destination::Session> session;          ///< null while nothing is written
  std::unique_ptr<transfer::Lane> lane;
  std::optional<Error> error;
  ByteCount bytes_written;
  std::optional<std::string> snapshot;  ///< a vault's new one
};

/// Opens these destinations, each with its own success or failure.
Result<std::vector<OpenDestination>> open_destinations(
    Home& home, const std::vector<config::Destination>& chosen);

/// Begins writing, and notes in the ledger what a killed run had stored there.
Result<> begin_session(Home& home, OpenDestination& place);

/// Ends writing, and notes in the ledger what is held by it. A failure of the place is kept as its
/// error.
Result<> close_session(Home& home, OpenDestination& place);

}  // namespace keepsake::job
