// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/zone.h"

#include <deque>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The zone of one's own photos, and how the names of shared libraries begin.
inline constexpr std::string_view own_zone = "PrimarySync";
inline constexpr std::string_view shared_zone_prefix = "SharedSync-";

/// Everything an account keeps in iCloud Photos.
struct Library {
  std::string user = "_bfc6d00000000000000000000000e2f1";  ///< its record name
  std::deque<Zone> zones{Zone(Database::own, std::string(own_zone), user)};

  [[nodiscard]] Zone& own() { return zones.front(); }

  /// Null when there is no such zone in that database.
  [[nodiscard]] Zone* find(Database database, std::string_view zone) {
    for (Zone& candidate : zones)
      if (candidate.database() == database && candidate.name() == zone) return &candidate;
    return nullptr;
  }

  /// In whichever database; null when there is no such zone.
  [[nodiscard]] Zone* find(std::string_view zone) {
    for (Zone& candidate : zones)
      if (candidate.name() == zone) return &candidate;
    return nullptr;
  }
};

}  // namespace keepsake::simulate::icloud
