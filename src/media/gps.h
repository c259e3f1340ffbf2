// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/tiff.h"

namespace keepsake::media {

/// Takes one entry of the GPS directory (EXIF 2.32 §4.6.6): place, date and time of the fix.
void see_gps(const TiffEntry& entry, Exif& exif);

}  // namespace keepsake::media
