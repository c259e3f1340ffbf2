// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the chunks of a PNG: 8 bytes of signature, then 4-byte length, type, data, checksum. EXIF
/// stands in eXIf or, by ImageMagick, in hexadecimal in a text chunk; XMP in an iTXt. Compressed
/// text is left alone. (PNG 3rd edition §11.3)
void read_png(Part file, Findings& findings);

}  // namespace keepsake::media
