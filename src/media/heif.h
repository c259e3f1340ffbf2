// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the EXIF and XMP items of a HEIF picture (HEIC, AVIF): `meta` lists the items in `iinf`
/// and tells in `iloc` where their bytes lie. (ISO/IEC 14496-12 §8.11, 23008-12 annex A)
void read_heif(Part file, Findings& findings);

}  // namespace keepsake::media
