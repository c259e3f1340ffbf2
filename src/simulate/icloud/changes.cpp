// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/changes.h"

#include "simulate/icloud/library.h"
#include "simulate/icloud/query.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/sync_token.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

std::vector<const Zone*> zones_of(const Library& library, Database database) {
  std::vector<const Zone*> zones;
  for (const Zone& zone : library.zones)
    if (zone.database() == database) zones.push_back(&zone);
  return zones;
}

std::string mark_of(const std::vector<const Zone*>& zones,
                    Database database,
                    const SyncTokens& tokens) {
  std::vector<std::uint64_t> positions(zones.size());
  std::ranges::transform(
      zones, positions.begin(), [](const Zone* zone) { return zone->position(); });
  return tokens.of_database(database, positions);
}

json entry_of(const Zone& zone, const SyncTokens& tokens) {
  return {{"zoneID", zone_id(zone)},
          {"syncToken", tokens.of_zone(zone, zone.position())},
          {"deleted", false}};
}

json refused(const json& zone_id, std::string_view code, std::string_view reason) {
  return {{"zoneID", zone_id}, {"serverErrorCode", code}, {"reason", reason}};
}

json page_of(const json& asked,
             const Zone& zone,
             std::uint64_t since,
             const SyncTokens& tokens,
             Rendering rendering) {
  restrict_to_desired(asked, rendering);
  const auto limit = std::min(asked.value("resultsLimit", most_records), most_records);
  const auto last_place = std::min(since + places_in_a_page, zone.position());
  json records = json::array();
  std::uint64_t reached = since;
  auto change = zone.changes().upper_bound(since);
  for (; change != zone.changes().end() && change->first <= last_place; ++change) {
    if (records.size() == limit) break;
    records.push_back(to_json(zone, zone.records()[change->second], rendering));
    reached = change->first;
  }
  if (records.size() < limit) reached = last_place;
  return {{"zoneID", zone_id(zone)},
          {"records", std::move(records)},
          {"moreComing", reached < zone.position()},
          {"syncToken", tokens.of_zone(zone, reached)}};
}

json changes_in_one(const json& asked,
                    Library& library,
                    Database database,
                    const SyncTokens& tokens,
                    const Rendering& rendering) {
  const json id = asked.value("zoneID", json::object());
  const Zone* zone = library.find(database, id.value("zoneName", ""));
  if (zone == nullptr) return refused(id, "ZONE_NOT_FOUND", "Zone does not exist");
  if (!asked.contains("syncToken")) return page_of(asked, *zone, 0, tokens, rendering);
  const auto since = tokens.position_in(*zone, asked["syncToken"].get<std::string>());
  if (!since) return refused(id, "BAD_REQUEST", since.error().what);
  return page_of(asked, *zone, *since, tokens, rendering);
}

}  // namespace

json list_zones(const Library& library, Database database, const SyncTokens& tokens) {
  const auto zones = zones_of(library, database);
  json entries = json::array();
  for (const Zone* zone : zones) entries.push_back(entry_of(*zone, tokens));
  return {{"zones", std::move(entries)},
          {"moreComing", false},
          {"syncToken", mark_of(zones, database, tokens)}};
}

Answer database_changes(const json& asked,
                        const Library& library,
                        Database database,
                        const SyncTokens& tokens) {
  std::vector<std::uint64_t> since;
  if (asked.contains("syncToken")) {
    auto positions = tokens.positions_in(database, asked["syncToken"].get<std::string>());
    if (!positions)
      return tl::unexpected<Refusal>(Refusal{400, "BAD_REQUEST", positions.error().what});
    since = *std::move(positions);
  }
  const auto zones = zones_of(library, database);
  json entries = json::array();
  for (std::size_t i = 0; i < zones.size(); ++i)
    if (i >= since.size() || since[i] != zones[i]->position())
      entries.push_back(entry_of(*zones[i], tokens));
  return json{{"zones", std::move(entries)},
              {"moreComing", false},
              {"syncToken", mark_of(zones, database, tokens)}};
}

json zone_changes(const json& asked,
                  Library& library,
                  Database database,
                  const SyncTokens& tokens,
                  const Rendering& rendering) {
  json zones = json::array();
  for (const json& one : asked.value("zones", json::array()))
    zones.push_back(changes_in_one(one, library, database, tokens, rendering));
  return {{"zones", std::move(zones)}};
}

}  // namespace keepsake::simulate::icloud
