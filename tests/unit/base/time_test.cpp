// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace std::chrono_literals;

TEST_CASE("a capture time is written as what is known of it") {
  const auto wall = *wall_time(2024, 5, 1, 12, 30, 5);

  CHECK(to_rfc3339({wall, 2h, ZoneKnown::known}) == "2024-05-01T12:30:05+02:00");
  CHECK(to_rfc3339({wall, -(3h + 30min), ZoneKnown::known}) == "2024-05-01T12:30:05-03:30");
  CHECK(to_rfc3339({wall, 0min, ZoneKnown::known}) == "2024-05-01T12:30:05+00:00");
  CHECK(to_rfc3339({wall, 0min, ZoneKnown::instant_only}) == "2024-05-01T12:30:05Z");
  CHECK(to_rfc3339({wall, 0min, ZoneKnown::wall_only}) == "2024-05-01T12:30:05-00:00");
  CHECK(to_rfc3339({wall + 7ms, 0min, ZoneKnown::wall_only}) == "2024-05-01T12:30:05.007-00:00");
}

TEST_CASE("what was written is read back the same") {
  for (const char* text : {"2024-05-01T12:30:05+02:00",
                           "2024-05-01T12:30:05.250-03:30",
                           "1850-01-01T00:00:01Z",
                           "2024-02-29T23:59:59-00:00",
                           "2024-05-01T12:30:05+00:00"}) {
    CAPTURE(text);
    CHECK(to_rfc3339(*parse_rfc3339(text)) == text);
  }
}

TEST_CASE("a day that does not exist is no date") {
  for (const char* text : {"2023-02-29T00:00:00Z",
                           "2023-13-01T00:00:00Z",
                           "2023-01-01T24:00:00Z",
                           "2023-01-01",
                           "2023-01-01T00:00:00",
                           "2023-01-01T00:00:00+2:00",
                           ""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("an instant takes the offset into account, and a wall time alone is none") {
  CHECK(to_rfc3339(*instant_of(*parse_rfc3339("2024-05-01T12:00:00+02:00"))) ==
        "2024-05-01T10:00:00Z");
  CHECK_FALSE(instant_of(*parse_rfc3339("2024-05-01T12:00:00-00:00")));
}

TEST_CASE("a camera's rubbish is told from a date") {
  const auto now = *parse_instant("2026-01-01T00:00:00Z");

  struct Row {
    const char* time;
    bool rubbish;
  };

  for (const Row& row : {Row{"1970-01-01T00:00:00Z", true},
                         Row{"1970-01-01T00:00:01Z", false},
                         Row{"2000-01-01T00:00:00-00:00", true},
                         Row{"2000-01-02T00:00:00-00:00", false},
                         Row{"1825-12-31T00:00:00Z", true},
                         Row{"2026-01-01T20:00:00Z", false},
                         Row{"2026-01-02T00:00:01Z", true}}) {
    CAPTURE(row.time);
    CHECK(is_rubbish(*parse_rfc3339(row.time), now) == row.rubbish);
  }
}
