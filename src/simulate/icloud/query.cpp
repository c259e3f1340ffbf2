// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/query.h"

#include "base/bytes.h"
#include "base/time.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/view.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

tl::unexpected<Refusal> bad_request(std::string reason) {
  return tl::unexpected<Refusal>(Refusal{400, "BAD_REQUEST", std::move(reason)});
}

/// The value that a query filters a field by; null when it does not. One filter may stand alone.
json filtered_by(const json& question, std::string_view name) {
  const auto filters = question.find("filterBy");
  if (filters == question.end()) return nullptr;
  const auto value_in = [&](const json& filter) -> json {
    if (!filter.is_object() || filter.value("fieldName", "") != name) return nullptr;
    return filter.value("fieldValue", json::object()).value("value", json());
  };
  if (filters->is_object()) return value_in(*filters);
  for (const json& filter : *filters)
    if (json value = value_in(filter); !value.is_null()) return value;
  return nullptr;
}

/// Records that nobody stored: they are computed for the answer.
json computed(const Zone& zone, std::string name, std::string_view type, json fields) {
  const json stamp = {{"timestamp", 0}, {"userRecordName", "_10"}, {"deviceID", "1"}};
  return {{"recordName", std::move(name)},
          {"recordType", type},
          {"fields", std::move(fields)},
          {"pluginFields", json::object()},
          {"recordChangeTag", "0"},
          {"created", stamp},
          {"modified", stamp},
          {"deleted", false},
          {"zoneID", zone_id(zone)}};
}

json state_of_index(const Zone& zone, Indexing indexing) {
  const auto* const state = indexing.progress < 100 ? "RUNNING" : "FINISHED";
  return {{"records",
           {computed(zone,
                     "_ac333066-5d55-4c42-b033-f05bb9d2873c",
                     "CheckIndexingState",
                     {{"progress", field(indexing.progress, "INT64")},
                      {"state", field(state, "STRING")}})}}};
}

Answer count(const json& question, const Zone& zone, Views& views) {
  json records = json::array();
  for (const json& index : filtered_by(question, "indexCountID")) {
    const auto view = index.is_string() ? counted_by(index.get<std::string>()) : std::nullopt;
    if (!view) return bad_request("Unknown index");
    const auto photos = views.list(zone, *view).size();
    records.push_back(
        computed(zone, index, "IndexCountResult", {{"itemCount", field(photos, "INT64")}}));
  }
  return json{{"records", std::move(records)}};
}

/// The page of a list that begins with this rank, as an opaque mark and back.
std::string marker_of(std::uint64_t rank) {
  return to_base64(bytes_of("rank " + std::to_string(rank)));
}

std::optional<std::uint64_t> rank_in(const std::string& marker) {
  const auto bytes = from_base64(marker);
  if (!bytes) return std::nullopt;
  auto text = text_of(*bytes);
  if (!text.starts_with("rank ")) return std::nullopt;
  text.remove_prefix(5);
  std::uint64_t rank = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), rank);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return rank;
}

/// Which part of a list was asked for.
struct Window {
  std::uint64_t first = 0;
  std::size_t photos = 0;
  bool downward = false;  ///< from the first rank towards rank 0
};

/// `of_one` is how many records a photo brings.
tl::expected<Window, Refusal> window_in(const json& asked,
                                        const json& question,
                                        std::size_t of_one) {
  const auto limit = asked.value("resultsLimit", most_records);
  if (limit < of_one) return bad_request("resultsLimit is too small for one photo");
  Window window;
  window.photos = std::min(limit, most_records) / of_one;
  if (const json rank = filtered_by(question, "startRank"); rank.is_number_integer())
    window.first = static_cast<std::uint64_t>(std::max<std::int64_t>(rank.get<std::int64_t>(), 0));
  window.downward = filtered_by(question, "direction") == "DESCENDING";
  if (asked.contains("continuationMarker")) {
    const auto rank = rank_in(asked["continuationMarker"].get<std::string>());
    if (!rank) return bad_request("Invalid continuation marker");
    window.first = *rank;
  }
  return window;
}

/// The photos of a window, in the order in which they were asked for.
std::vector<std::size_t> photos_in(const std::vector<std::size_t>& list, const Window& window) {
  std::vector<std::size_t> photos;
  for (std::size_t i = 0; i < window.photos; ++i) {
    if (window.downward && window.first < i) break;
    const auto rank = window.downward ? window.first - i : window.first + i;
    if (rank < list.size()) photos.push_back(list[rank]);
  }
  return photos;
}

json page(const Zone& zone,
          const std::vector<std::size_t>& photos,
          const View& view,
          const Rendering& rendering) {
  json masters = json::array();
  json assets = json::array();
  json memberships = json::array();
  std::set<std::string_view> written;
  for (const std::size_t photo : photos) {
    const Record& record = zone.records()[photo];
    const auto& asset = std::get<Asset>(record.value);
    const Record* master = zone.find(asset.master);
    if (master != nullptr && written.insert(master->name).second)
      masters.push_back(to_json(zone, *master, rendering));
    assets.push_back(to_json(zone, record, rendering));
    if (view.of.empty()) continue;
    if (const Record* member = zone.find(membership_name(record.name, view.of)))
      memberships.push_back(to_json(zone, *member, rendering));
  }
  for (json* part : {&assets, &memberships})
    masters.insert(masters.end(), part->begin(), part->end());
  return masters;
}

Answer list(const json& asked,
            const json& question,
            const Zone& zone,
            Views& views,
            View view,
            const Rendering& rendering) {
  const bool is_album = view.kind == View::Kind::album || view.kind == View::Kind::arranged;
  if (is_album || view.kind == View::Kind::smart) {
    const json of = filtered_by(question, is_album ? "parentId" : "smartAlbum");
    if (!of.is_string()) return bad_request("Index has invalid data");
    view.of = of.get<std::string>();
  }
  const auto window = window_in(asked, question, is_album ? 3 : 2);
  if (!window) return tl::unexpected<Refusal>(window.error());
  const auto& all = views.list(zone, view);
  const auto photos = photos_in(all, *window);
  json answer = {{"records", page(zone, photos, view, rendering)}};
  const auto next = window->first + photos.size();
  if (!window->downward && !photos.empty() && next < all.size())
    answer["continuationMarker"] = marker_of(next);
  return answer;
}

/// The albums in a folder by their position, a page at a time; the root folder stands among those
/// at the top.
Answer albums(const json& asked,
              const json& question,
              const Zone& zone,
              const Rendering& rendering) {
  if (zone.name().starts_with(shared_zone_prefix)) return bad_request("Index has invalid data");
  const json parent = filtered_by(question, "parentId");
  const std::string folder = parent.is_string() ? parent.get<std::string>() : "";
  std::vector<std::pair<std::int64_t, const Record*>> found;
  for (const Record& record : zone.records()) {
    const auto* album = std::get_if<Album>(&record.value);
    if (album != nullptr && album->parent == folder) found.emplace_back(album->position, &record);
  }
  std::ranges::sort(found);

  auto window = window_in(asked, question, 1);
  if (!window) return tl::unexpected<Refusal>(window.error());
  json records = json::array();
  const auto end = std::min<std::uint64_t>(window->first + window->photos, found.size());
  for (std::uint64_t i = window->first; i < end; ++i)
    records.push_back(to_json(zone, *found[i].second, rendering));
  json answer = {{"records", std::move(records)}};
  if (end < found.size()) answer["continuationMarker"] = marker_of(end);
  return answer;
}

}  // namespace

void restrict_to_desired(const json& asked, Rendering& rendering) {
  const auto keys = asked.find("desiredKeys");
  if (keys == asked.end() || !keys->is_array()) return;
  rendering.keys.emplace();
  for (const json& key : *keys)
    if (key.is_string()) rendering.keys->insert(key.get<std::string>());
}

Answer query(const json& asked,
             const Zone& zone,
             Views& views,
             const Rendering& rendering,
             Indexing indexing) {
  const json question = asked.value("query", json::object());
  const std::string type = question.value("recordType", "");
  if (type == "CheckIndexingState") return state_of_index(zone, indexing);
  if (type == "HyperionIndexCountLookup") return count(question, zone, views);
  if (type == "CPLAlbumByPositionLive") return albums(asked, question, zone, rendering);
  if (const auto kind = listed_by(type))
    return list(asked, question, zone, views, View{*kind, {}}, rendering);
  return bad_request("Unknown record type " + type);
}

Answer look_up(const json& asked, const Zone& zone, const Rendering& rendering, Instant now) {
  json records = json::array();
  for (const json& wanted : asked.value("records", json::array())) {
    const std::string name = wanted.value("recordName", "");
    const Record* record = zone.find(name);
    const bool is_there = record != nullptr && record->visible_from <= now &&
                          !std::holds_alternative<Removed>(record->value);
    records.push_back(is_there ? to_json(zone, *record, rendering)
                               : json{{"recordName", name},
                                      {"serverErrorCode", "NOT_FOUND"},
                                      {"reason", "Record not found"}});
  }
  return json{{"records", std::move(records)}};
}

}  // namespace keepsake::simulate::icloud
