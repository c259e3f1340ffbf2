// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace keepsake {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using WallTime = std::chrono::local_time<std::chrono::milliseconds>;

/// How sure we are of the zone a photo was taken in.
enum class ZoneKnown {
  known,         ///< the offset was written down: `2024-05-01T12:00:00+02:00`
  assumed,       ///< the offset follows from something else, such as the GPS clock
  instant_only,  ///< the moment is known, the zone is not: `2024-05-01T10:00:00Z`
  wall_only,     ///< only what the camera's clock showed: `2024-05-01T12:00:00-00:00`
};

/// When a photo was taken: what a clock on the wall showed, and its zone as far as it is known.
/// An offset is never invented.
struct CaptureTime {
  WallTime wall{};                 ///< of UTC, where only the instant is known
  std::chrono::minutes offset{0};  ///< east of UTC; 0 where the zone is not known
  ZoneKnown zone = ZoneKnown::wall_only;

  friend auto operator<=>(const CaptureTime&, const CaptureTime&) = default;
};

/// The moment, where it is known.
std::optional<Instant> instant_of(const CaptureTime& time);

/// RFC 3339: with its offset, `Z` where only the instant is known, `-00:00` where only the wall
/// time is. Milliseconds are written only when there are any.
std::string to_rfc3339(const CaptureTime& time);
std::string to_rfc3339(Instant time);

/// Reads what `to_rfc3339` wrote, and its usual variants ('t', 'z', a blank, any number of digits
/// of a second). Nothing for any other text or a date that does not exist.
std::optional<CaptureTime> parse_rfc3339(std::string_view text);
std::optional<Instant> parse_instant(std::string_view text);

/// A wall time from its fields, or nothing where no such day or time of day exists.
std::optional<WallTime> wall_time(int year,
                                  unsigned month,
                                  unsigned day,
                                  unsigned hour = 0,
                                  unsigned minute = 0,
                                  unsigned second = 0,
                                  unsigned millisecond = 0);

/// Whether a capture time is a camera's rubbish rather than a date: before 1826, exactly midnight
/// of 1904-01-01, 1970-01-01, 1980-01-01 or 2000-01-01 on the wall, or more than a day after `now`.
bool is_rubbish(const CaptureTime& time, Instant now);

}  // namespace keepsake
