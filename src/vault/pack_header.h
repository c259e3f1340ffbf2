// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/random_access.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/seal.h"

#include <span>
#include <vector>

namespace keepsake::vault {

inline constexpr ByteCount max_pack_header{(16 << 20) + 4};

/// The end of a pack: its sealed header and the header's length.
Bytes seal_pack_header(const MasterKey& key, std::span<const BlobPlace> blobs);

/// The blobs that a header's plain bytes list, with their offsets from 0 on. Causes: corrupt.
Result<std::vector<BlobPlace>> parse_pack_header(ByteView plain);

/// What the header at the end of some bytes lists, whatever lies before it. Causes: corrupt.
Result<std::vector<BlobPlace>> read_pack_end(const MasterKey& key, RandomAccess& end);

/// Reads the header from the end of a pack; the blobs fill the pack up to it. Causes: corrupt.
Result<std::vector<BlobPlace>> read_pack_header(const MasterKey& key, RandomAccess& pack);

/// What a pack of these blobs measures.
ByteCount pack_size(std::span<const BlobPlace> blobs);

}  // namespace keepsake::vault
