// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/home_zone.h"

#include <chrono>

namespace keepsake::plan {

namespace {

constexpr Instant first_of_fat = std::chrono::sys_days(std::chrono::year(1980) / 1 / 1);

Instant moment_of(const CaptureTime& time, const HomeZone& home) {
  const auto known = instant_of(time);
  return known ? *known : home.instant(time.wall);
}

}  // namespace

WallTime wall_of(const CaptureTime& time, const HomeZone& home) {
  return time.zone == ZoneKnown::instant_only ? home.wall(moment_of(time, home)) : time.wall;
}

Instant file_time(const photo::Asset& asset,
                  std::optional<Instant> source_modified,
                  const HomeZone& home) {
  const auto time =
      asset.taken ? moment_of(asset.taken->time, home) : source_modified.value_or(first_of_fat);
  return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace keepsake::plan
