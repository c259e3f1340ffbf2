// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "catalog/connection.h"
#include "photo/asset.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The rows of an asset, for whoever takes something down about it. Inside a transaction.
namespace keepsake::catalog {

Result<std::optional<std::int64_t>> find_asset(Connection& connection,
                                               std::int64_t source,
                                               std::string_view library,
                                               std::string_view id);

/// The asset as it is now, without its files; gives its row.
Result<std::int64_t> write_asset(Connection& connection,
                                 std::int64_t source,
                                 const photo::Asset& asset,
                                 const std::optional<Instant>& gone_at);

/// Puts the asset into these albums alone. The links of those it is in now or was in may be out of
/// date everywhere.
Result<> note_albums(Connection& connection,
                     std::int64_t row,
                     const std::vector<photo::AlbumPath>& albums);

/// A file of the asset came to a destination. A tree shows albums by links to its files; a vault
/// only says who is in them.
Result<> owe_albums_of(Connection& connection, std::int64_t destination, std::int64_t asset);

/// Has every destination look at the asset again.
Result<> owe_everywhere(Connection& connection, std::int64_t row);

}  // namespace keepsake::catalog
