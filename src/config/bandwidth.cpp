// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/bandwidth.h"

#include "base/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace keepsake::config {

namespace {

constexpr std::string_view no_limit = "off";
constexpr std::uint64_t kilo = 1000;  // as drives and lines are sold

tl::unexpected<Error> not_one(std::string_view text) {
  return fail(Cause::invalid,
              "\"{}\" is no bandwidth; write \"5 MB/s\", or \"08:00 500 kB/s, 23:00 off\"",
              shown(text));
}

Result<std::optional<ByteCount>> limit_of(std::string_view text) {
  if (text == no_limit) return std::nullopt;
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = trimmed(text.substr(static_cast<std::size_t>(rest - text.data())));
  const double factor = unit == "kB/s" ? 1e3 : unit == "MB/s" ? 1e6 : unit == "GB/s" ? 1e9 : 0;
  const double bytes = number * factor;
  if (error == std::errc() && bytes >= kilo && bytes < 1e15)
    return ByteCount{static_cast<std::uint64_t>(bytes)};
  return not_one(text);
}

/// "23:59"; nothing for anything else.
std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hour = 0;
  int minute = 0;
  const auto* const end = text.data() + text.size();
  const bool is_time = std::from_chars(text.data(), text.data() + 2, hour).ptr == text.data() + 2 &&
                       std::from_chars(text.data() + 3, end, minute).ptr == end;
  if (!is_time || hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return std::chrono::hours(hour) + std::chrono::minutes(minute);
}

}  // namespace

Result<Bandwidth::Step> Bandwidth::step_of(std::string_view text) {
  const auto blank = text.find(' ');
  const auto begin = time_of_day(text.substr(0, blank));
  if (!begin || blank == std::string_view::npos) return not_one(text);
  const auto limit = TRY(limit_of(trimmed(text.substr(blank))));
  return Step{*begin, limit};
}

Result<Bandwidth> Bandwidth::parse(std::string_view text) {
  Bandwidth bandwidth;
  const auto whole = trimmed(text);
  if (whole.find(',') == std::string_view::npos && !time_of_day(whole.substr(0, whole.find(' ')))) {
    const auto limit = TRY(limit_of(whole));
    bandwidth.steps_.push_back({.each_second = limit});
    return bandwidth;
  }
  for (std::size_t at = 0; at <= whole.size();) {
    const auto comma = std::min(whole.find(',', at), whole.size());
    const auto step = TRY(step_of(trimmed(whole.substr(at, comma - at))));
    if (!bandwidth.steps_.empty() && step.begin <= bandwidth.steps_.back().begin)
      return fail(Cause::invalid, "the times of \"{}\" are not in the order of the day", whole);
    bandwidth.steps_.push_back(step);
    at = comma + 1;
  }
  return bandwidth;
}

std::string Bandwidth::text() const {
  std::string text;
  for (const Step& step : steps_) {
    if (!text.empty()) text += ", ";
    if (steps_.size() > 1 || step.begin.count() > 0)
      text += fmt::format("{:02}:{:02} ", step.begin.count() / 60, step.begin.count() % 60);
    text += step.each_second ? fmt::format("{} kB/s", step.each_second->value / kilo)
                             : std::string(no_limit);
  }
  return text;
}

std::optional<ByteCount> Bandwidth::at(std::chrono::minutes since_midnight) const {
  const auto next = std::ranges::upper_bound(steps_, since_midnight, {}, &Step::begin);
  return next == steps_.begin() ? steps_.back().each_second : std::prev(next)->each_second;
}

}  // namespace keepsake::config
