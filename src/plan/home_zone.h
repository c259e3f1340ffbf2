// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "photo/asset.h"

#include <functional>
#include <optional>

namespace keepsake::plan {

/// The zone of the home, as two functions, since the plan may not ask the system. It places what
/// was taken at a known moment in an unknown zone, and what only a camera's clock showed.
struct HomeZone {
  std::function<WallTime(Instant)> wall;
  std::function<Instant(WallTime)> instant;
};

/// What a clock showed when the photo was taken: where it was taken if that zone is known, else at
/// home.
WallTime wall_of(const CaptureTime& time, const HomeZone& home);

/// The modification time of all files of an asset, to the second: when it was taken; for an undated
/// one that of the source's file, else 1980-01-01T00:00:00Z, the first that FAT can write.
Instant file_time(const photo::Asset& asset,
                  std::optional<Instant> source_modified,
                  const HomeZone& home);

}  // namespace keepsake::plan
