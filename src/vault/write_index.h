// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/index.h"
#include "vault/repository.h"

#include <cstddef>
#include <span>

namespace keepsake::vault {

/// An index file is closed at so many blobs, as restic does; whole packs only.
inline constexpr std::size_t blobs_per_index = 50'000;

/// How many of these packs, from the first on, one index file takes; at least one.
std::size_t packs_of_one_index(std::span<const PackContents> packs);

/// Writes one index file, durably. The packs must be durable before it. Returns its stored size.
Result<ByteCount> write_index(const Repository& repository, std::span<const PackContents> packs);

}  // namespace keepsake::vault
