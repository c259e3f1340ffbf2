// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/home_zone.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::plan;
using namespace std::chrono_literals;

TEST_CASE("a file's time is when the photo was taken, to the second") {
  const HomeZone home{
      [](Instant instant) { return WallTime(instant.time_since_epoch() + 2h); },
      [](WallTime wall) { return Instant(wall.time_since_epoch() - 2h); },
  };

  struct Row {
    const char* taken;
    const char* source_modified;
    const char* expected;
  };

  for (const Row& row :
       {Row{"2024-05-01T12:00:00.750+02:00", "2025-01-01T00:00:00Z", "2024-05-01T10:00:00Z"},
        Row{"2024-05-01T12:00:00.750Z", "", "2024-05-01T12:00:00Z"},
        Row{"2024-05-01T12:00:00-00:00", "", "2024-05-01T10:00:00Z"},
        Row{"1969-12-31T23:59:58.900Z", "", "1969-12-31T23:59:58Z"},
        Row{"", "2025-01-01T00:00:00.999Z", "2025-01-01T00:00:00Z"},
        Row{"", "", "1980-01-01T00:00:00Z"}}) {
    CAPTURE(row.expected);
    photo::Asset asset;
    if (*row.taken) asset.taken = photo::Taken{*parse_rfc3339(row.taken), photo::TakenFrom::exif};
    CHECK(to_rfc3339(file_time(asset, parse_instant(row.source_modified), home)) == row.expected);
  }
}
