// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// RIFF files: "RIFF", length, form, then chunks of type, little-endian length and padded data.

/// Reads the EXIF and XMP chunks of a WebP. (RFC 9649 §2.7)
void read_webp(Part file, Findings& findings);

/// Reads the header list of an AVI: the date in IDIT, and the length of the film.
void read_avi(Part file, Findings& findings);

}  // namespace keepsake::media
