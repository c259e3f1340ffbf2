// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "simulate/shot.h"

#include <cstdint>

namespace keepsake::simulate {

/// An encoded JPEG with the shot's EXIF and XMP put behind its first marker.
Bytes jpeg_with_metadata(ByteView jpeg, const Shot& shot);

/// All of a JPEG up to its entropy-coded data, for files whose picture nobody looks at. Append any
/// bytes but 0xFF, then `jpeg_end()`.
Bytes jpeg_head(const Shot& shot);
Bytes jpeg_end();

/// All of a HEIC up to its coded picture: append exactly `payload` bytes.
Bytes heic_head(const Shot& shot, std::uint32_t payload);

}  // namespace keepsake::simulate
