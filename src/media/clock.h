// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "media/findings.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace keepsake::media {

/// Reads the dates that cameras and programs write: `2019:07:04 18:00:01`,
/// `2019-07-04T18:00:01.5Z`, `2025-08-17T19:33:48-0400`, `20190704180001+0200`, or a day alone,
/// which means its midnight. Nothing for other text and for days that do not exist.
std::optional<CaptureTime> parse_time(std::string_view text);

/// `-04:00`, `+0530`, `Z`.
std::optional<std::chrono::minutes> parse_offset(std::string_view text);

/// Joins the three tags of an EXIF date. An offset in the text itself outweighs its tag.
std::optional<CaptureTime> parse_time(const ExifDate& date);

/// The moment of the GPS fix, by EXIF's tags or XMP's copy of them. It is in UTC, said or not.
std::optional<Instant> gps_moment(const Exif& exif, const Xmp& xmp);

/// The offset that follows from the GPS clock, where the camera's clock differs from it by a
/// quarter of an hour's multiple, give or take five minutes: the fix may be much older than the
/// picture.
std::optional<std::chrono::minutes> offset_by_gps(WallTime wall, Instant gps);

}  // namespace keepsake::media
