// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/asset_rows.h"

#include <nlohmann/json.hpp>

#include <string>

namespace keepsake::catalog {

namespace {

std::string_view zone_name(ZoneKnown zone) {
  switch (zone) {
    case ZoneKnown::known:
      return "known";
    case ZoneKnown::assumed:
      return "assumed";
    case ZoneKnown::instant_only:
    case ZoneKnown::wall_only:
      return "unknown";
  }
  return "unknown";
}

std::optional<std::string> stored_albums(const std::vector<photo::AlbumPath>& albums) {
  if (albums.empty()) return std::nullopt;
  auto array = nlohmann::json::array();
  for (const photo::AlbumPath& album : albums) array.push_back(album.parts);
  return array.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<std::optional<std::int64_t>> find_asset(Connection& connection,
                                               std::int64_t source,
                                               std::string_view library,
                                               std::string_view id) {
  return connection.number(
      "SELECT id FROM asset WHERE source = ? AND library = ? AND source_id = ?",
      source,
      bytes_of(library),
      bytes_of(id));
}

Result<std::int64_t> write_asset(Connection& connection,
                                 std::int64_t source,
                                 const photo::Asset& asset,
                                 const std::optional<Instant>& gone_at) {
  std::optional<std::string> taken;
  std::optional<std::string> zone;
  std::optional<std::string> from;
  if (asset.taken) {
    taken = to_rfc3339(asset.taken->time);
    zone = zone_name(asset.taken->time.zone);
    from = photo::name(asset.taken->from);
  }
  TRY(connection.run(
      "INSERT INTO asset("
      "source, library, source_id, name, kind, taken, taken_zone, taken_from, latitude, "
      "longitude, camera, burst, title, caption, rating, keywords, people, albums, "
      "aliases, warnings, favorite, hidden, trashed, shelf, gone_at, record"
      ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(source, library, source_id) DO UPDATE SET "
      "name = excluded.name, kind = excluded.kind, taken = excluded.taken, "
      "taken_zone = excluded.taken_zone, taken_from = excluded.taken_from, "
      "latitude = excluded.latitude, longitude = excluded.longitude, "
      "camera = excluded.camera, burst = excluded.burst, title = excluded.title, "
      "caption = excluded.caption, rating = excluded.rating, keywords = excluded.keywords, "
      "people = excluded.people, albums = excluded.albums, aliases = excluded.aliases, "
      "warnings = excluded.warnings, favorite = excluded.favorite, "
      "hidden = excluded.hidden, trashed = excluded.trashed, shelf = excluded.shelf, "
      "gone_at = excluded.gone_at, record = excluded.record",
      source,
      bytes_of(asset.key.library),
      bytes_of(asset.key.id),
      bytes_of(asset.name),
      photo::name(asset.kind),
      taken,
      zone,
      from,
      asset.place ? std::optional(asset.place->latitude) : std::nullopt,
      asset.place ? std::optional(asset.place->longitude) : std::nullopt,
      asset.camera,
      asset.burst,
      asset.labels.title,
      asset.labels.caption,
      asset.labels.rating,
      stored_list(asset.labels.keywords),
      stored_list(asset.labels.people),
      stored_albums(asset.albums),
      stored_list(asset.aliases),
      stored_list(asset.warnings),
      asset.favorite,
      asset.hidden,
      asset.trashed,
      photo::name(asset.shelf),
      stored(gone_at),
      asset.record));
  const auto row = TRY(find_asset(connection, source, asset.key.library, asset.key.id));
  return row.value_or(0);
}

Result<> note_albums(Connection& connection,
                     std::int64_t row,
                     const std::vector<photo::AlbumPath>& albums) {
  TRY(
      connection.run("INSERT OR IGNORE INTO owed_album(destination, album) SELECT d.id, m.album "
                     "FROM destination d, album_member m WHERE m.asset = ?",
                     row));
  TRY(connection.run("DELETE FROM album_member WHERE asset = ?", row));
  for (const photo::AlbumPath& album : albums)
    TRY(connection.run(
        "INSERT OR IGNORE INTO album_member(album, asset) VALUES(?, ?)", stored_album(album), row));
  return connection.run(
      "INSERT OR IGNORE INTO owed_album(destination, album) SELECT d.id, m.album "
      "FROM destination d, album_member m WHERE m.asset = ?",
      row);
}

Result<> owe_albums_of(Connection& connection, std::int64_t destination, std::int64_t asset) {
  return connection.run(
      "INSERT OR IGNORE INTO owed_album(destination, album) SELECT d.id, m.album "
      "FROM destination d JOIN album_member m WHERE d.id = ? AND d.kind = 'folder' AND m.asset = ?",
      destination,
      asset);
}

Result<> owe_everywhere(Connection& connection, std::int64_t row) {
  return connection.run(
      "INSERT OR IGNORE INTO owed(destination, asset) SELECT id, ? FROM destination", row);
}

}  // namespace keepsake::catalog
