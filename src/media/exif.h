// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads a TIFF structure: EXIF as it stands in pictures, or a whole TIFF or raw file. XMP, IPTC
/// and Apple's maker note inside are read too.
void read_tiff(Part part, Findings& findings);

/// Reads the EXIF block of a picture, and warns where it is none.
void read_exif(Part part, Findings& findings);

/// Which directory a bare TIFF structure holds (CR3 keeps each in a box of its own).
enum class Directory { main, exif, gps };

void read_directory(Part part, Directory directory, Findings& findings);

}  // namespace keepsake::media
