// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/lock.h"
#include "vault/repository.h"

#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace keepsake::vault {

/// What came of taking damage out of use.
struct Salvaged {
  /// What the bad packs held and no pack gives any more, by id. Storing the same bytes again heals
  /// it.
  std::vector<std::pair<BlobKind, BlobId>> lost;
  std::vector<FileId> removed_packs;  ///< those that were there
  ByteCount written;
};

/// Takes bad packs out of use, keeping all that is whole: what still opens and hashes right is
/// copied into new packs; packs that are in no index, because it is missing or damaged, are listed
/// again by what their headers say, when they are right; packs that are missing leave the index. In
/// an order in which being stopped anywhere does no harm: new packs, new index files, then the old
/// index files go, and the bad packs last. `lock` is an exclusive one on this repository. The index
/// in memory is read anew. Causes: absent, full, locked (the lock was lost), cancelled, unsupported
/// (append-only).
Result<Salvaged> salvage(Repository& repository,
                         Lock& lock,
                         std::span<const FileId> bad_packs,
                         const std::stop_token& stop);

}  // namespace keepsake::vault
