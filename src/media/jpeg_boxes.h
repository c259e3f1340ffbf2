// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the metadata of JPEG XL and JPEG 2000 files: boxes `Exif` and `xml `, or `uuid`s that hold
/// EXIF, IPTC and XMP. Compressed boxes are left alone. (ISO/IEC 18181-2 §9, 15444-1 annex I)
void read_jpeg_boxes(Part file, Findings& findings);

}  // namespace keepsake::media
