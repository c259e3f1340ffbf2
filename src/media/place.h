// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "photo/asset.h"

#include <optional>
#include <string_view>

namespace keepsake::media {

/// Decides where a picture or video was taken: by its GPS tags, its QuickTime location, its XMP.
/// Exactly 0, 0 is what devices write that do not know.
std::optional<photo::Place> decide_place(const Findings& findings);

/// `+41.6989-086.2376+224.662/`: latitude, longitude, perhaps height; also in degrees and minutes,
/// or degrees, minutes and seconds. (ISO 6709 annex H)
std::optional<photo::Place> parse_iso6709(std::string_view text);

/// An angle of XMP: `41,41.936167N` or `41,41,56N`. Decimal degrees are not valid there, but are
/// written by some.
std::optional<double> parse_xmp_angle(std::string_view text);

}  // namespace keepsake::media
