// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/taken.h"

#include "media/clock.h"
#include "media/name_date.h"

#include <chrono>
#include <vector>

namespace keepsake::media {

namespace {

using photo::Taken;
using photo::TakenFrom;

using Dates = std::vector<std::optional<Taken>>;

std::optional<Taken> from(TakenFrom where, std::optional<CaptureTime> time) {
  if (!time) return std::nullopt;
  return Taken{*time, where};
}

std::optional<CaptureTime> at(std::optional<Instant> moment) {
  if (!moment) return std::nullopt;
  return CaptureTime{WallTime(moment->time_since_epoch()), {}, ZoneKnown::instant_only};
}

/// A date without an offset of its own takes the one that EXIF states for the file as a whole, else
/// the one that follows from the GPS clock.
std::optional<CaptureTime> camera_time(ExifDate date, const Findings& findings) {
  if (!parse_offset(date.offset)) date.offset = findings.exif.modified.offset;
  auto time = parse_time(date);
  const auto gps = gps_moment(findings.exif, findings.xmp);
  if (!time || !gps || time->zone != ZoneKnown::wall_only) return time;
  if (const auto offset = offset_by_gps(time->wall, *gps)) {
    time->offset = *offset;
    time->zone = ZoneKnown::assumed;
  }
  return time;
}

Dates xmp_dates(const Xmp& xmp) {
  return {from(TakenFrom::xmp, parse_time(xmp.original)),
          from(TakenFrom::xmp, parse_time(xmp.created)),
          from(TakenFrom::xmp, parse_time(xmp.digitized))};
}

std::optional<CaptureTime> iptc_time(const Iptc& iptc) {
  if (iptc.date.empty()) return std::nullopt;
  const auto whole = parse_time(iptc.date + "T" + iptc.time);
  return whole ? whole : parse_time(iptc.date);
}

Dates camera_dates(const Findings& findings) {
  return {from(TakenFrom::exif, camera_time(findings.exif.original, findings)),
          from(TakenFrom::exif, camera_time(findings.exif.digitized, findings))};
}

Dates picture_dates(const Findings& findings) {
  Dates dates = camera_dates(findings);
  for (const auto& date : xmp_dates(findings.xmp)) dates.push_back(date);
  dates.push_back(from(TakenFrom::iptc, iptc_time(findings.iptc)));
  dates.push_back(from(TakenFrom::exif, parse_time(findings.exif.modified)));
  dates.push_back(from(TakenFrom::gps, at(gps_moment(findings.exif, findings.xmp))));
  return dates;
}

Dates video_dates(const Findings& findings) {
  const Movie& movie = findings.movie;
  Dates dates = {from(TakenFrom::quicktime, parse_time(movie.creation_date)),
                 from(TakenFrom::quicktime, parse_time(movie.day))};
  for (const auto& date : camera_dates(findings)) dates.push_back(date);
  dates.push_back(from(TakenFrom::quicktime, at(movie.created)));
  for (const auto& date : xmp_dates(findings.xmp)) dates.push_back(date);
  return dates;
}

}  // namespace

std::optional<Taken> decide_taken(const Findings& findings,
                                  Family family,
                                  std::string_view name,
                                  Instant now) {
  Dates dates = family == Family::video ? video_dates(findings) : picture_dates(findings);
  if (family != Family::sidecar) dates.push_back(from(TakenFrom::name, date_in_name(name)));
  for (const auto& date : dates)
    if (date && !is_rubbish(date->time, now)) return date;
  return std::nullopt;
}

}  // namespace keepsake::media
