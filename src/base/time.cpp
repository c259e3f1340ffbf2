// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace keepsake {

namespace {

using std::chrono::days;
using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::year_month_day;

std::string wall_text(WallTime wall) {
  const auto day = floor<days>(wall);
  const year_month_day date{day};
  const hh_mm_ss clock{wall - day};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                          static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()),
                          clock.hours().count(),
                          clock.minutes().count(),
                          clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  return text;
}

/// A number of exactly `width` digits at the front of the text, which is cut off.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + width, value);
  if (error != std::errc() || end != text.data() + width) return std::nullopt;
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

unsigned take_fraction(std::string_view& text) {
  unsigned value = 0;
  unsigned unit = 100;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += static_cast<unsigned>(text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return value;
}

}  // namespace

std::optional<Instant> instant_of(const CaptureTime& time) {
  if (time.zone == ZoneKnown::wall_only) return std::nullopt;
  return Instant(time.wall.time_since_epoch() - time.offset);
}

std::string to_rfc3339(const CaptureTime& time) {
  auto text = wall_text(time.wall);
  switch (time.zone) {
    case ZoneKnown::instant_only:
      return text + "Z";
    case ZoneKnown::wall_only:
      return text + "-00:00";
    case ZoneKnown::known:
    case ZoneKnown::assumed:
      break;
  }
  const auto distance = std::chrono::abs(time.offset);
  return text + fmt::format("{}{:02}:{:02}",
                            time.offset < minutes(0) ? '-' : '+',
                            distance.count() / 60,
                            distance.count() % 60);
}

std::string to_rfc3339(Instant time) { return wall_text(WallTime(time.time_since_epoch())) + "Z"; }

std::optional<CaptureTime> parse_rfc3339(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  const unsigned fraction = take(text, ".") ? take_fraction(text) : 0;
  const auto wall =
      wall_time(static_cast<int>(*year), *month, *day, *hour, *minute, *second, fraction);
  if (!wall) return std::nullopt;
  if (text == "Z" || text == "z") return CaptureTime{*wall, minutes(0), ZoneKnown::instant_only};
  if (text == "-00:00") return CaptureTime{*wall, minutes(0), ZoneKnown::wall_only};
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const bool west = text.front() == '-';
  text.remove_prefix(1);
  const auto offset_hours = take_digits(text, 2);
  if (!offset_hours || !take(text, ":")) return std::nullopt;
  const auto offset_minutes = take_digits(text, 2);
  if (!offset_minutes || !text.empty() || *offset_hours > 23 || *offset_minutes > 59)
    return std::nullopt;
  const auto offset = minutes(*offset_hours * 60 + *offset_minutes);
  return CaptureTime{*wall, west ? -offset : offset, ZoneKnown::known};
}

std::optional<Instant> parse_instant(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? instant_of(*time) : std::nullopt;
}

std::optional<WallTime> wall_time(int year,
                                  unsigned month,
                                  unsigned day,
                                  unsigned hour,
                                  unsigned minute,
                                  unsigned second,
                                  unsigned millisecond) {
  const year_month_day date{
      std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  // A leap second is read as the last second that clocks show.
  if (second == 60) second = 59;
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || millisecond > 999)
    return std::nullopt;
  return WallTime(local_days(date)) + hours(hour) + minutes(minute) + std::chrono::seconds(second) +
         milliseconds(millisecond);
}

bool is_rubbish(const CaptureTime& time, Instant now) {
  if (time.wall < *wall_time(1826, 1, 1)) return true;
  for (const int year : {1904, 1970, 1980, 2000})
    if (time.wall == *wall_time(year, 1, 1)) return true;
  const auto moment = instant_of(time).value_or(Instant(time.wall.time_since_epoch()));
  return moment > now + days(1);
}

}  // namespace keepsake
