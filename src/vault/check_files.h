// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/blob.h"
#include "vault/check.h"
#include "vault/repository.h"

#include <map>

namespace keepsake::vault {

/// The keys and the config, and names that do not belong: damage and notes.
Result<> check_files(const Repository& repository, CheckReport& report);

/// The packs that are there. Names that do not belong are noted.
Result<std::map<FileId, ByteCount>> list_packs(storage::Storage& storage, CheckReport& report);

}  // namespace keepsake::vault
