// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/check_pack.h"
#include "vault/repository.h"

#include <functional>
#include <span>
#include <stop_token>

namespace keepsake::vault {

/// A pack that is there and whose layout is right.
struct PackToProve {
  FileId id;
  ByteCount size;
};

/// Who hears what became of packs; called by one thread at a time.
struct PackListener {
  std::function<void(PackVerdict)> take;
  std::function<void(ByteCount)> read;  ///< so many bytes more
};

/// Reads packs from the disk, two side by side, each a few blocks ahead of what sums them up. A
/// pack that cannot be read is a verdict, and so is one that went missing. Causes: absent,
/// cancelled.
Result<> prove_packs(const Repository& repository,
                     std::span<const PackToProve> packs,
                     PackProof::Of of,
                     const PackListener& listener,
                     const std::stop_token& stop);

}  // namespace keepsake::vault
