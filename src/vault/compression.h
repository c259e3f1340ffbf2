// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace keepsake::vault {

/// One zstd frame with its content size.
Bytes compress(ByteView plain);

/// Any frames, also several, with skippable ones between them. Causes: corrupt, also when more than
/// `most` bytes come out.
Result<Bytes> decompress(ByteView compressed, ByteCount most);

/// Whether compressing bytes that begin so is worth it: photos and films are compressed already.
bool looks_compressible(ByteView sample);

}  // namespace keepsake::vault
