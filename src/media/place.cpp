// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/place.h"

#include "base/text.h"
#include "media/wording.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace keepsake::media {

namespace {

using photo::Place;

constexpr std::size_t most_text = 64;

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Place> valid(std::optional<double> latitude, std::optional<double> longitude) {
  if (!latitude || !longitude || !std::isfinite(*latitude) || !std::isfinite(*longitude))
    return std::nullopt;
  if (std::abs(*latitude) > 90 || std::abs(*longitude) > 180) return std::nullopt;
  if (*latitude == 0 && *longitude == 0) return std::nullopt;
  return Place{*latitude, *longitude};
}

/// Without its hemisphere an angle could be on either side of the earth.
std::optional<double> angle(const GpsAngle& gps, char positive, char negative) {
  if (!gps.degrees) return std::nullopt;
  const char letter = upper_case({&gps.hemisphere, 1}).front();
  if (letter == positive) return gps.degrees;
  if (letter == negative) return -*gps.degrees;
  return std::nullopt;
}

std::optional<Place> gps_place(const Exif& exif) {
  return valid(angle(exif.latitude, 'N', 'S'), angle(exif.longitude, 'E', 'W'));
}

/// Digits before the point beyond those of whole degrees are minutes, then seconds.
std::optional<double> iso6709_angle(std::string_view text, std::size_t degree_digits) {
  const auto value = decimal(text);
  if (!value) return std::nullopt;
  const auto digits = std::min(text.find('.'), text.size()) - 1;
  const double amount = std::abs(*value);
  double degrees = amount;
  if (digits == degree_digits + 2) {
    degrees = std::floor(amount / 100) + std::fmod(amount, 100) / 60;
  } else if (digits == degree_digits + 4) {
    degrees = std::floor(amount / 10000) + std::floor(std::fmod(amount, 10000) / 100) / 60 +
              std::fmod(amount, 100) / 3600;
  }
  return text.starts_with('-') ? -degrees : degrees;
}

}  // namespace

std::optional<Place> parse_iso6709(std::string_view text) {
  text = trimmed(text).substr(0, most_text);
  const auto second = text.find_first_of("+-", 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto end = std::min(text.find_first_of("+-/C", second + 1), text.size());
  return valid(iso6709_angle(text.substr(0, second), 2),
               iso6709_angle(text.substr(second, end - second), 3));
}

std::optional<double> parse_xmp_angle(std::string_view text) {
  text = trimmed(text).substr(0, most_text);
  if (text.empty()) return std::nullopt;
  const char letter = upper_case(text.substr(text.size() - 1)).front();
  const bool has_letter = std::string_view("NSEW").find(letter) != std::string_view::npos;
  if (has_letter) text.remove_suffix(1);
  const auto parts = pieces(text, ',');
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  double degrees = 0;
  double unit = 1;
  for (const auto& part : parts) {
    const auto value = decimal(part);
    if (!value) return std::nullopt;
    degrees += *value * unit;
    unit /= 60;
  }
  return has_letter && (letter == 'S' || letter == 'W') ? -degrees : degrees;
}

std::optional<Place> decide_place(const Findings& findings) {
  if (const auto place = gps_place(findings.exif)) return place;
  if (const auto place = parse_iso6709(findings.movie.location)) return place;
  return valid(parse_xmp_angle(findings.xmp.latitude), parse_xmp_angle(findings.xmp.longitude));
}

}  // namespace keepsake::media
