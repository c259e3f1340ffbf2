// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/seal.h"

#include <string>
#include <string_view>

namespace keepsake::vault {

/// Files of `index/`, `snapshots/` and `locks/`: sealed JSON, in version 2 compressed.
struct UnpackedFile {
  FileId id;
  Bytes stored;
};

UnpackedFile pack_json(const MasterKey& key, int version, std::string_view json);

/// The JSON of a stored file. `id` is compared with the bytes first. Causes: corrupt, unsupported.
Result<std::string> unpack_json(const MasterKey& key,
                                const FileId& id,
                                ByteView stored,
                                ByteCount most);

}  // namespace keepsake::vault
