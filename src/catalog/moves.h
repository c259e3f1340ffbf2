// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "photo/account.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Photos that their source lists under another id than before: moved to another of its folders or
/// libraries, or imported anew. They are known again by the bytes of their original.
namespace keepsake::catalog {

/// A kept photo that is gone from the source and whose original holds these bytes; of several the
/// one of this name.
Result<std::optional<photo::Account>> gone_with(Catalog& catalog,
                                                std::int64_t source,
                                                const Digest& original,
                                                std::string_view name);

/// The same without any bytes read: the source names them by the same checksum, which the kept
/// bytes have, and calls them the same version.
Result<std::optional<photo::Account>> gone_with(Catalog& catalog,
                                                std::int64_t source,
                                                const photo::Rendition& original,
                                                std::string_view name);

/// A file of the gone photo, by its row, and the key of the arrived one that holds its bytes.
struct SameFile {
  std::int64_t file = 0;
  std::string key;
};

/// The photo that is gone goes on as the one that arrived: under its id, with the names, files and
/// versions it had. Files that are not the same go on as new states of those of their role.
Result<> go_on_as(Catalog& catalog,
                  std::int64_t source,
                  const photo::Account& gone,
                  const photo::Account& arrived,
                  std::span<const SameFile> same);

}  // namespace keepsake::catalog
