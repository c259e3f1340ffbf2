// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/index.h"
#include "vault/repository.h"

#include <cstdint>

namespace keepsake::vault {

/// A blob as it is stored, proven to be what its id says.
struct SealedBlob {
  Bytes sealed;
  std::uint32_t plain_length = 0;  ///< as it really is; 0: stored uncompressed
};

/// Causes: corrupt, not_found (the pack is missing), absent.
Result<SealedBlob> read_sealed(const Repository& repository, const Index::Found& found);

}  // namespace keepsake::vault
