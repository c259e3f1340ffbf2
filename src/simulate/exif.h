// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "simulate/shot.h"
#include "simulate/tiff.h"

#include <string>

namespace keepsake::simulate {

/// What a shot says about itself, as the first directory of a TIFF structure.
TiffDirectory exif_directory(const Shot& shot);

/// The same as a whole EXIF block, without the "Exif" that JPEG and HEIC put before it.
Bytes exif_block(const Shot& shot);

/// The same labels as an XMP packet; empty where there are none.
std::string xmp_packet(const Shot& shot);

}  // namespace keepsake::simulate
