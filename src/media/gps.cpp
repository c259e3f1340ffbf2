// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/gps.h"

#include <optional>

namespace keepsake::media {

namespace {

/// Whole units, sixtieths and sixtieths of these as one number: NaN where any is not a number.
std::optional<double> sexagesimal(const TiffEntry& entry) {
  std::optional<double> sum;
  double unit = 1;
  for (const double part : entry.numbers(3)) {
    sum = sum.value_or(0) + part * unit;
    unit /= 60;
  }
  return sum;
}

char letter(const TiffEntry& entry) {
  const auto text = entry.text();
  return text.empty() ? '\0' : text.front();
}

}  // namespace

void see_gps(const TiffEntry& entry, Exif& exif) {
  switch (entry.tag) {
    case 1:
      if (exif.latitude.hemisphere == '\0') exif.latitude.hemisphere = letter(entry);
      break;
    case 2:
      if (!exif.latitude.degrees) exif.latitude.degrees = sexagesimal(entry);
      break;
    case 3:
      if (exif.longitude.hemisphere == '\0') exif.longitude.hemisphere = letter(entry);
      break;
    case 4:
      if (!exif.longitude.degrees) exif.longitude.degrees = sexagesimal(entry);
      break;
    case 7:
      if (const auto hours = sexagesimal(entry); hours && !exif.gps_seconds)
        exif.gps_seconds = *hours * 3600;
      break;
    case 0x1D:
      keep_first(exif.gps_date, entry.text());
      break;
    default:
      break;
  }
}

}  // namespace keepsake::media
