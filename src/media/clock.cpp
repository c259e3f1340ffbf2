// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/clock.h"

#include "base/text.h"

#include <algorithm>
#include <cmath>

namespace keepsake::media {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr minutes farthest_west{-12 * 60};
constexpr minutes farthest_east{14 * 60};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number of at least one and at most `most` digits at the front of the text, which is cut off.
std::optional<unsigned> take_number(std::string_view& text, std::size_t most) {
  unsigned value = 0;
  std::size_t count = 0;
  while (count < most && count < text.size() && is_digit(text[count]))
    value = value * 10 + static_cast<unsigned>(text[count++] - '0');
  text.remove_prefix(count);
  return count > 0 ? std::optional(value) : std::nullopt;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// Digits after the point of a second, as milliseconds.
unsigned take_fraction(std::string_view& text) {
  unsigned value = 0;
  for (unsigned unit = 100; !text.empty() && is_digit(text.front()); unit /= 10) {
    value += static_cast<unsigned>(text.front() - '0') * unit;
    text.remove_prefix(1);
  }
  return value;
}

struct TimeOfDay {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned millisecond = 0;
};

/// Hours and minutes at least.
std::optional<TimeOfDay> take_time_of_day(std::string_view& text) {
  TimeOfDay time;
  const auto hour = take_number(text, 2);
  take(text, ":.");
  const auto minute = take_number(text, 2);
  if (!hour || !minute) return std::nullopt;
  time.hour = *hour;
  time.minute = *minute;
  const bool parted = take(text, ":.");
  if (const auto second = take_number(text, 2)) {
    time.second = *second;
    if (take(text, ".,")) time.millisecond = take_fraction(text);
  } else if (parted) {
    return std::nullopt;
  }
  return time;
}

std::optional<Instant> exif_gps_moment(const Exif& exif) {
  constexpr double day_seconds = 24 * 60 * 60;
  const auto day = parse_time(exif.gps_date);
  if (!day || !exif.gps_seconds) return std::nullopt;
  const double seconds = *exif.gps_seconds;
  if (!std::isfinite(seconds) || seconds < 0 || seconds >= day_seconds) return std::nullopt;
  const auto midnight = std::chrono::floor<std::chrono::days>(day->wall).time_since_epoch();
  return Instant(midnight + milliseconds(std::llround(seconds * 1000)));
}

}  // namespace

std::optional<minutes> parse_offset(std::string_view text) {
  text = trimmed(text);
  if (text == "Z" || text == "z") return minutes(0);
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ":");
  const auto rest = text.empty() ? std::optional(0U) : take_number(text, 2);
  if (!hours || !rest || *rest > 59) return std::nullopt;
  const minutes east(*hours * 60 + *rest);
  const minutes offset = west ? -east : east;
  if (offset < farthest_west || offset > farthest_east) return std::nullopt;
  return offset;
}

std::optional<CaptureTime> parse_time(std::string_view text) {
  text = trimmed(text);
  const auto year_end = std::find_if_not(text.begin(), text.end(), is_digit);
  if (year_end - text.begin() < 4) return std::nullopt;
  const auto year = take_number(text, 4);
  take(text, ":-/.");
  const auto month = take_number(text, 2);
  take(text, ":-/.");
  const auto day = take_number(text, 2);
  if (!year || !month || !day) return std::nullopt;
  take(text, "Tt");
  text = trimmed(text);
  TimeOfDay time;
  // A camera that knows only the day leaves blanks and colons.
  if (text.find_first_not_of(": ") != std::string_view::npos) {
    const auto clock = take_time_of_day(text);
    if (!clock) return std::nullopt;
    time = *clock;
  } else {
    text = {};
  }
  const auto wall = wall_time(
      static_cast<int>(*year), *month, *day, time.hour, time.minute, time.second, time.millisecond);
  if (!wall) return std::nullopt;
  text = trimmed(text);
  if (text == "Z" || text == "z") return CaptureTime{*wall, minutes(0), ZoneKnown::instant_only};
  const auto offset = text == "-00:00" ? std::nullopt : parse_offset(text);
  if (offset) return CaptureTime{*wall, *offset, ZoneKnown::known};
  return CaptureTime{*wall, minutes(0), ZoneKnown::wall_only};
}

std::optional<CaptureTime> parse_time(const ExifDate& date) {
  auto time = parse_time(date.text);
  if (!time) return std::nullopt;
  std::string_view fraction = trimmed(date.fraction);
  if (time->wall == std::chrono::floor<std::chrono::seconds>(time->wall))
    time->wall += milliseconds(take_fraction(fraction));
  if (time->zone != ZoneKnown::wall_only) return time;
  if (const auto offset = parse_offset(date.offset)) {
    time->offset = *offset;
    time->zone = ZoneKnown::known;
  }
  return time;
}

std::optional<Instant> gps_moment(const Exif& exif, const Xmp& xmp) {
  if (const auto moment = exif_gps_moment(exif)) return moment;
  const auto time = parse_time(xmp.gps_moment);
  if (!time) return std::nullopt;
  return Instant(time->wall.time_since_epoch() - time->offset);
}

std::optional<minutes> offset_by_gps(WallTime wall, Instant gps) {
  constexpr minutes quarter(15);
  constexpr minutes most_residue(5);
  const auto ahead = wall.time_since_epoch() - gps.time_since_epoch();
  if (ahead < farthest_west - quarter || ahead > farthest_east + quarter) return std::nullopt;
  const auto quarters = std::llround(std::chrono::duration<double>(ahead) / quarter);
  const minutes offset = quarter * static_cast<int>(quarters);
  if (std::chrono::abs(ahead - offset) >= most_residue) return std::nullopt;
  if (offset < farthest_west || offset > farthest_east) return std::nullopt;
  return offset;
}

}  // namespace keepsake::media
