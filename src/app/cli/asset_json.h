// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/candidate.h"
#include "photo/account.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace keepsake::app::cli {

/// An asset as `find --json` prints it (docs/formats/json.md).
nlohmann::json asset_json(const photo::Account& account,
                          const std::vector<job::NamedDestination>& destinations);

/// What a destination has of a version: held, stored, pending, failed, excluded.
struct FileState {
  std::string state;
  std::optional<Cause> cause;
  std::string message;
  const photo::KeptFile* kept = nullptr;
};

FileState state_of(const photo::Account& account,
                   const photo::Version& version,
                   std::int64_t destination);

}  // namespace keepsake::app::cli
