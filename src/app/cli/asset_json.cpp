// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/asset_json.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

namespace keepsake::app::cli {

namespace {

using nlohmann::json;

template <class Value>
json some(const std::optional<Value>& value) {
  return value ? json(*value) : json(nullptr);
}

json time_or_null(const std::optional<Instant>& time) {
  return time ? json(to_rfc3339(*time)) : json(nullptr);
}

std::string_view zone_name(ZoneKnown zone) {
  if (zone == ZoneKnown::known) return "known";
  return zone == ZoneKnown::assumed ? "assumed" : "unknown";
}

json destination_json(const photo::Account& account,
                      const photo::Version& version,
                      const job::NamedDestination& destination) {
  const auto state = state_of(account, version, destination.row);
  json object;
  object["destination"] = destination.name;
  object["state"] = state.state;
  object["cause"] = state.cause ? json(name(*state.cause)) : json(nullptr);
  object["path"] = state.kept != nullptr ? json(state.kept->path) : json(nullptr);
  object["verified_at"] =
      state.kept != nullptr ? time_or_null(state.kept->verified_at) : json(nullptr);
  return object;
}

/// Held if some destination holds it; else the worst that is known.
std::string overall(const json& destinations) {
  std::string found = "pending";
  for (const char* state : {"excluded", "pending", "failed", "held"})
    for (const json& destination : destinations)
      if (destination["state"] == state) found = state;
  return found;
}

json rendition_json(const photo::Account& account,
                    const photo::History& file,
                    const std::vector<job::NamedDestination>& destinations) {
  const photo::Version& version = *file.current();
  json object;
  object["role"] = photo::name(file.role);
  object["name"] = shown(file.name);
  if (!is_utf8(file.name)) object["raw"] = to_base64(bytes_of(file.name));
  object["size"] = version.size.value;
  object["sha256"] = version.content ? json(version.content->sha256.hex()) : json(nullptr);
  object["apple_checksum"] =
      version.apple_checksum ? json(to_text(*version.apple_checksum)) : json(nullptr);
  object["destinations"] = json::array();
  for (const job::NamedDestination& destination : destinations)
    object["destinations"].push_back(destination_json(account, version, destination));
  object["state"] = overall(object["destinations"]);
  return object;
}

void add_albums(const photo::Asset& asset, json& object) {
  object["albums"] = json::array();
  object["album_paths"] = json::array();
  for (const photo::AlbumPath& album : asset.albums) {
    std::string path;
    for (const std::string& part : album.parts) path += (path.empty() ? "" : "/") + part;
    object["albums"].push_back(album.parts.empty() ? "" : album.parts.back());
    object["album_paths"].push_back(path);
  }
}

}  // namespace

FileState state_of(const photo::Account& account,
                   const photo::Version& version,
                   std::int64_t destination) {
  const photo::Standing* standing = account.in(destination);
  if (standing == nullptr) return {"pending", std::nullopt, "not looked at yet", nullptr};
  const photo::KeptFile* kept = standing->file_of(version.row);
  if (kept != nullptr && !kept->damaged) return {"held", std::nullopt, {}, kept};
  if (const photo::Shortfall* shortfall = standing->shortfall_of(version.row)) {
    const bool excluded = shortfall->state == photo::Shortfall::State::excluded;
    return {std::string(photo::name(shortfall->state)),
            excluded ? std::nullopt : std::optional(shortfall->cause),
            shortfall->message,
            kept};
  }
  if (kept != nullptr) return {"failed", Cause::corrupt, "found damaged; not healed yet", kept};
  return {"pending", std::nullopt, "not looked at yet", nullptr};
}

json asset_json(const photo::Account& account,
                const std::vector<job::NamedDestination>& destinations) {
  const photo::Asset& asset = account.asset;
  json object;
  object["message_type"] = "asset";
  object["source"] = account.source_name;
  object["library"] = shown(asset.key.library);
  object["id"] = shown(asset.key.id);
  if (!is_utf8(asset.key.id)) object["raw"] = to_base64(bytes_of(asset.key.id));
  object["name"] = shown(asset.name);
  object["kind"] = photo::name(asset.kind);
  object["taken"] = asset.taken ? json(to_rfc3339(asset.taken->time)) : json(nullptr);
  object["taken_zone"] = asset.taken ? json(zone_name(asset.taken->time.zone)) : json(nullptr);
  object["taken_from"] = asset.taken ? json(photo::name(asset.taken->from)) : json(nullptr);
  object["favorite"] = asset.favorite;
  object["hidden"] = asset.hidden;
  object["trashed"] = asset.trashed;
  object["gone_at"] = time_or_null(account.gone_at);
  object["moved_from"] = account.moved_from ? json(shown(account.moved_from->id)) : json(nullptr);
  object["edited"] = asset.edited();
  object["burst"] = some(asset.burst);
  add_albums(asset, object);
  object["keywords"] = asset.labels.keywords;
  object["people"] = asset.labels.people;
  object["title"] = some(asset.labels.title);
  object["caption"] = some(asset.labels.caption);
  object["latitude"] = asset.place ? json(asset.place->latitude) : json(nullptr);
  object["longitude"] = asset.place ? json(asset.place->longitude) : json(nullptr);
  object["labels"] = json::array();
  object["renditions"] = json::array();
  for (const photo::History& file : account.files)
    if (file.current() != nullptr)
      object["renditions"].push_back(rendition_json(account, file, destinations));
  return object;
}

}  // namespace keepsake::app::cli
