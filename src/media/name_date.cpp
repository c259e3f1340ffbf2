// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/name_date.h"

#include <algorithm>
#include <array>

namespace keepsake::media {

namespace {

constexpr std::size_t most_name = 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A text that is read from its front.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}

  std::optional<unsigned> take_number(std::size_t digits) {
    if (text_.size() < digits || !std::all_of(text_.begin(), text_.begin() + digits, is_digit))
      return std::nullopt;
    unsigned value = 0;
    for (const char c : text_.substr(0, digits))
      value = value * 10 + static_cast<unsigned>(c - '0');
    text_.remove_prefix(digits);
    return value;
  }

  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  /// The first of these characters that stands there, or NUL.
  char take_any(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return '\0';
    const char found = text_.front();
    text_.remove_prefix(1);
    return found;
  }

  [[nodiscard]] std::size_t digits_ahead() const {
    return static_cast<std::size_t>(std::find_if_not(text_.begin(), text_.end(), is_digit) -
                                    text_.begin());
  }

  [[nodiscard]] bool starts_with(std::string_view word) const { return text_.starts_with(word); }

 private:
  std::string_view text_;
};

struct Day {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  char separator = '\0';  ///< NUL where the digits follow each other
};

std::optional<Day> take_day(Rest& rest) {
  const auto year = rest.take_number(4);
  if (!year || *year < 1900 || *year > 2099) return std::nullopt;
  const char separator = rest.take_any("-_.");
  const auto month = rest.take_number(2);
  if (separator != '\0' && rest.take_any({&separator, 1}) == '\0') return std::nullopt;
  const auto day = rest.take_number(2);
  if (!month || !day || !wall_time(static_cast<int>(*year), *month, *day)) return std::nullopt;
  return Day{static_cast<int>(*year), *month, *day, separator};
}

/// What stands between the day and the time of day; none where both run together.
void take_gap(Rest& rest) {
  constexpr std::array<std::string_view, 7> gaps = {" at ", "_at_", "-at-", " - ", ", ", "T", "t"};
  for (const auto gap : gaps)
    if (rest.take(gap)) return;
  rest.take_any("-_ .");
}

/// 12 hours and "PM", with the narrow blank that macOS writes before it.
std::optional<unsigned> in_24_hours(unsigned hour, Rest& rest) {
  if (!rest.take("\u202F")) rest.take(" ");
  const char half = rest.take_any("AaPp");
  if (half == '\0' || rest.take_any("Mm") == '\0') return hour;
  if (hour < 1 || hour > 12) return std::nullopt;
  return hour % 12 + (half == 'P' || half == 'p' ? 12 : 0);
}

std::optional<WallTime> take_time(const Day& day, Rest& rest) {
  auto hour = rest.take_number(rest.digits_ahead() == 1 ? 1 : 2);
  const char separator = rest.take_any(".-_:");
  const auto minute = rest.take_number(2);
  if (!hour || !minute) return std::nullopt;
  if (separator != '\0' && rest.take_any({&separator, 1}) == '\0') return std::nullopt;
  const auto second = rest.take_number(2);
  if (!second) return std::nullopt;
  unsigned millisecond = 0;
  if (separator != '\0' && rest.starts_with("-")) {
    Rest after = rest;
    after.take("-");
    if (after.digits_ahead() == 3) rest = after;
  }
  if (rest.digits_ahead() == 3) {
    millisecond = rest.take_number(3).value_or(0);
  } else if (rest.digits_ahead() != 0) {
    return std::nullopt;  // a longer number that only looks like a time
  }
  hour = in_24_hours(*hour, rest);
  if (!hour) return std::nullopt;
  return wall_time(day.year, day.month, day.day, *hour, *minute, *second, millisecond);
}

std::optional<WallTime> date_at(std::string_view text) {
  Rest rest(text);
  const auto day = take_day(rest);
  if (!day) return std::nullopt;
  Rest after = rest;
  take_gap(after);
  if (const auto time = take_time(*day, after)) return time;
  // Eight digits alone may be any number; WhatsApp's say what they are.
  const bool is_day = day->separator == '-' ? rest.digits_ahead() == 0 : rest.starts_with("-WA");
  return is_day ? wall_time(day->year, day->month, day->day) : std::nullopt;
}

}  // namespace

std::optional<CaptureTime> date_in_name(std::string_view name) {
  name = name.substr(0, most_name);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts_number = is_digit(name[i]) && (i == 0 || !is_digit(name[i - 1]));
    if (!starts_number) continue;
    const auto wall = date_at(name.substr(i));
    if (!wall) continue;
    const bool is_utc = name.substr(0, i) == "PXL_";
    return CaptureTime{*wall, {}, is_utc ? ZoneKnown::instant_only : ZoneKnown::wall_only};
  }
  return std::nullopt;
}

}  // namespace keepsake::media
