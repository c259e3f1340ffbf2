// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the header of a QuickTime or MP4 video, wherever in the file it lies: `moov` with `mvhd`
/// (the clock), `meta` (Apple's keys, the Live Photo's id among them), `udta` (user data), and XMP.
/// (Apple, QuickTime File Format Specification; ISO/IEC 14496-12 §8.2)
void read_quicktime(Part file, Findings& findings);

/// Reads Canon's CR3, a raw picture in the same boxes: CMT1, CMT2 and CMT4 are TIFF directories.
/// (lclevy/canon_cr3, readme.md)
void read_cr3(Part file, Findings& findings);

}  // namespace keepsake::media
