// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/wall_range.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

namespace keepsake::photo {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::years;

/// The fields of a date from the year down to the second, as far as it was written.
struct WrittenTime {
  std::array<unsigned, 6> fields{0, 1, 1, 0, 0, 0};
  std::size_t count = 0;
};

std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

std::optional<WrittenTime> read_fields(std::string_view text) {
  constexpr std::string_view marks = " --T::";
  WrittenTime written;
  while (true) {
    const auto number = take_number(text, written.count == 0 ? 4 : 2);
    if (!number) return std::nullopt;
    written.fields[written.count++] = *number;
    if (text.empty()) return written;
    if (written.count == written.fields.size() || text.front() != marks[written.count])
      return std::nullopt;
    text.remove_prefix(1);
  }
}

/// The end of the year, month, day… that begins there.
WallTime end_of(WallTime begin, std::size_t fields) {
  const auto day = std::chrono::floor<days>(begin);
  const std::chrono::year_month_day date{day};
  switch (fields) {
    case 1:
      return std::chrono::local_days(date + years(1));
    case 2:
      return std::chrono::local_days(date + months(1));
    case 3:
      return begin + days(1);
    case 4:
      return begin + std::chrono::hours(1);
    case 5:
      return begin + std::chrono::minutes(1);
    default:
      return begin + std::chrono::seconds(1);
  }
}

Result<WallRange> parse_unit(std::string_view text) {
  const auto written = read_fields(text);
  if (written) {
    const auto& [year, month, day, hour, minute, second] = written->fields;
    const auto begin = wall_time(static_cast<int>(year), month, day, hour, minute, second);
    if (begin) return WallRange{*begin, end_of(*begin, written->count)};
  }
  return fail(Cause::invalid,
              "\"{}\" is no date; write 2024, 2024-05, 2024-05-01 or 2024-05-01T12:30",
              text);
}

}  // namespace

Result<WallRange> parse_wall_range(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return parse_unit(text);
  const auto first = text.substr(0, dots);
  const auto last = text.substr(dots + 2);
  if (first.empty() && last.empty())
    return fail(Cause::invalid, "the range \"..\" needs a date on at least one side");
  WallRange range;
  if (!first.empty()) {
    const auto unit = TRY(parse_unit(first));
    range.begin = unit.begin;
  }
  if (!last.empty()) {
    const auto unit = TRY(parse_unit(last));
    range.end = unit.end;
  }
  if (range.end <= range.begin)
    return fail(Cause::invalid, "the range \"{}\" ends before it begins", text);
  return range;
}

}  // namespace keepsake::photo
