// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/library.h"
#include "simulate/icloud/query.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/sync_token.h"

#include <nlohmann/json_fwd.hpp>

namespace keepsake::simulate::icloud {

/// How many places of the order a page of changes covers at most. Places that no record has are
/// why some pages are empty although more is coming.
inline constexpr std::uint64_t places_in_a_page = 5000;

/// zones/list: every zone of the database with a mark to begin from.
nlohmann::json list_zones(const Library& library, Database database, const SyncTokens& tokens);

/// changes/database: the zones in which anything changed since the mark.
Answer database_changes(const nlohmann::json& asked,
                        const Library& library,
                        Database database,
                        const SyncTokens& tokens);

/// changes/zone: what changed in each of the zones since its mark, or ever.
nlohmann::json zone_changes(const nlohmann::json& asked,
                            Library& library,
                            Database database,
                            const SyncTokens& tokens,
                            const Rendering& rendering);

}  // namespace keepsake::simulate::icloud
