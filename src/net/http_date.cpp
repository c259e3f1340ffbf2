// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http_date.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace keepsake::net {

namespace {

constexpr std::array<std::string_view, 12> months{
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

struct Clock {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Runs of letters, digits and ':', in lower case: whatever else parts them does not matter.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char letter : lower_case(text)) {
    if (is_digit(letter) || letter == ':' || (letter >= 'a' && letter <= 'z')) {
      words.back() += letter;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

/// A word of at most so many digits.
std::optional<unsigned> number_in(std::string_view word, std::size_t most_digits) {
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole =
      error == std::errc() && rest == word.data() + word.size() && word.size() <= most_digits;
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<Clock> clock_in(std::string_view word) {
  std::array<unsigned, 3> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto colon = word.find(':');
    const bool last = i + 1 == fields.size();
    if (last != (colon == std::string_view::npos)) return std::nullopt;
    const auto field = number_in(word.substr(0, colon), 2);
    if (!field) return std::nullopt;
    fields.at(i) = *field;
    if (!last) word.remove_prefix(colon + 1);
  }
  return Clock{fields[0], fields[1], fields[2]};
}

std::optional<unsigned> month_in(std::string_view word) {
  const auto* const found = std::find(months.begin(), months.end(), word.substr(0, 3));
  if (found == months.end()) return std::nullopt;
  return static_cast<unsigned>(found - months.begin()) + 1;
}

int year_of(unsigned number) {
  if (number >= 100) return static_cast<int>(number);
  return static_cast<int>(number) + (number >= 70 ? 1900 : 2000);
}

}  // namespace

std::optional<Instant> parse_http_date(std::string_view text) {
  std::optional<Clock> clock;
  std::optional<unsigned> day;
  std::optional<unsigned> month;
  std::optional<int> year;
  for (const std::string& word : words_of(text)) {
    if (const auto found = clock_in(word); found && !clock) {
      clock = found;
    } else if (const auto small = number_in(word, 2); small && !day) {
      day = small;
    } else if (const auto named = month_in(word); named && !month) {
      month = named;
    } else if (const auto number = number_in(word, 4); number && !year) {
      year = year_of(*number);
    }
  }
  if (!clock || !day || !month || !year) return std::nullopt;
  const auto wall = wall_time(*year, *month, *day, clock->hour, clock->minute, clock->second);
  return wall ? std::optional(Instant(wall->time_since_epoch())) : std::nullopt;
}

}  // namespace keepsake::net
