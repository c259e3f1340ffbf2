// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Walks the segments of a JPEG up to its picture, and warns where the picture ends early:
///
///     FF D8   then segments: FF, marker, 2-byte length that counts itself, data
///     APP1    "Exif" 00 00, or XMP behind its name, or a chunk of extended XMP
///     APP13   Photoshop's resources, IPTC among them
///     SOS     the picture, up to FF D9; programs append what they like behind it
void read_jpeg(Part file, Findings& findings);

/// The same for a picture within another file: no word about its end.
void read_jpeg_headers(Part picture, Findings& findings);

}  // namespace keepsake::media
