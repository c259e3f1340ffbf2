// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/noting.h"

#include "base/promised.h"
#include "base/text.h"
#include "catalog/connection.h"
#include "photo/quarantine.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace keepsake::catalog {

struct Noting::State {
  Connection& connection;
  std::unique_lock<std::recursive_mutex> lock;
  std::int64_t source = 0;
  Instant now{};
  std::optional<sqlite::Transaction> transaction;
};

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

Result<> write_asset(Connection& connection,
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
  return connection.run(
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
      asset.record);
}

/// Albums the asset is in now or was in: their links may be out of date everywhere.
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

Result<> owe_everywhere(Connection& connection, std::int64_t row) {
  return connection.run(
      "INSERT OR IGNORE INTO owed(destination, asset) SELECT id, ? FROM destination", row);
}

Result<> insert_version(Connection& connection,
                        std::int64_t rendition,
                        int seq,
                        const photo::Rendition& as,
                        Instant now) {
  return connection.run(
      "INSERT INTO version(rendition, seq, source_version, apple_checksum, claimed_checksum, size, "
      "modified, first_seen, unavailable) VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)",
      rendition,
      seq,
      as.source_version,
      stored(as.apple_checksum),
      as.size.value,
      stored(as.modified),
      stored(now),
      as.unavailable ? std::optional(name(*as.unavailable)) : std::nullopt);
}

/// A file as its source has it now, beside its history.
Result<> note_version(Connection& connection,
                      const photo::History& file,
                      const photo::Rendition& as,
                      Instant now) {
  if (file.versions.empty()) return insert_version(connection, file.row, 1, as, now);
  const photo::Version& last = file.versions.back();
  // Bytes that were read once are still those, also while their source cannot give them again.
  if (last.source_version == as.source_version &&
      (last.content || last.unavailable == as.unavailable))
    return connection.run(
        "UPDATE version SET superseded_at = NULL, claimed_checksum = ?2, unavailable = ?3, "
        "apple_checksum = CASE WHEN content IS NULL THEN ?2 ELSE apple_checksum END WHERE id = ?1",
        last.row,
        stored(as.apple_checksum),
        as.unavailable ? std::optional(name(*as.unavailable)) : std::nullopt);
  if (last.content) {
    TRY(connection.run("UPDATE version SET superseded_at = ? WHERE id = ?", stored(now), last.row));
    return insert_version(connection, file.row, last.seq + 1, as, now);
  }
  // Its bytes were never read, so it never was a version of its own.
  TRY(connection.run("DELETE FROM version WHERE id = ?", last.row));
  return insert_version(connection, file.row, last.seq, as, now);
}

Result<std::int64_t> note_rendition(Connection& connection,
                                    std::int64_t asset,
                                    photo::Role role,
                                    std::string_view key,
                                    std::string_view name,
                                    bool present) {
  TRY(connection.run(
      "INSERT INTO rendition(asset, role, key, name, present) VALUES(?, ?, ?, ?, ?) "
      "ON CONFLICT(asset, key) DO UPDATE SET role = excluded.role, name = excluded.name, "
      "present = excluded.present",
      asset,
      photo::name(role),
      bytes_of(key),
      bytes_of(name),
      present));
  const auto row = TRY(connection.number(
      "SELECT id FROM rendition WHERE asset = ? AND key = ?", asset, bytes_of(key)));
  return row.value_or(0);
}

Result<> note_files(Connection& connection,
                    const photo::Account& known,
                    std::int64_t row,
                    const photo::Asset& asset,
                    Instant now) {
  for (const photo::History& file : known.files) {
    const bool listed = std::any_of(asset.renditions.begin(),
                                    asset.renditions.end(),
                                    [&](const auto& it) { return it.key == file.key; });
    if (listed) continue;
    TRY(connection.run("UPDATE rendition SET present = 0 WHERE id = ?", file.row));
    TRY(connection.run(
        "UPDATE version SET superseded_at = ? WHERE rendition = ? AND superseded_at IS NULL",
        stored(now),
        file.row));
  }
  for (const photo::Rendition& rendition : asset.renditions) {
    photo::History file;
    for (const photo::History& history : known.files)
      if (history.key == rendition.key) file = history;
    file.row =
        TRY(note_rendition(connection, row, rendition.role, rendition.key, rendition.name, true));
    TRY(note_version(connection, file, rendition, now));
  }
  return {};
}

bool by_key(const photo::Rendition& left, const photo::Rendition& right) {
  return left.key < right.key;
}

bool same(photo::Asset left, photo::Asset right) {
  std::sort(left.renditions.begin(), left.renditions.end(), by_key);
  std::sort(right.renditions.begin(), right.renditions.end(), by_key);
  return left == right;
}

/// Whether the source was listed since this ledger began: then the ledger knows better than a
/// record what is there now.
Result<bool> was_listed(Connection& connection, std::int64_t source) {
  const auto any =
      TRY(connection.number("SELECT 1 FROM source_memory WHERE source = ? LIMIT 1", source));
  return any.has_value();
}

/// The asset that a record tells of. Of several records without a listing the one that knows the
/// asset gone is the later one.
Result<std::int64_t> kept_asset(Connection& connection,
                                const Noting::Kept& kept,
                                std::int64_t source,
                                bool listed,
                                Instant now) {
  const auto& key = kept.asset.key;
  const auto known = TRY(find_asset(connection, source, key.library, key.id));
  if (known && listed) return *known;
  if (known && !kept.gone_at) {
    const auto gone =
        TRY(connection.number("SELECT 1 FROM asset WHERE id = ? AND gone_at IS NOT NULL", *known));
    if (gone) return *known;
  }
  auto gone_at = kept.gone_at;
  if (!known && listed && !gone_at) gone_at = now;
  TRY(write_asset(connection, source, kept.asset, gone_at));
  const auto row = TRY(find_asset(connection, source, key.library, key.id));
  if (kept.moved_from)
    TRY(connection.run("UPDATE asset SET moved_from_library = ?, moved_from_id = ? WHERE id = ?",
                       bytes_of(kept.moved_from->library),
                       bytes_of(kept.moved_from->id),
                       row.value_or(0)));
  TRY(note_albums(connection, row.value_or(0), kept.asset.albums));
  return row.value_or(0);
}

/// Where the source was listed, a file that the listing does not have is not there any more.
Result<std::int64_t> kept_rendition(Connection& connection,
                                    const Noting::Kept& kept,
                                    std::int64_t asset,
                                    bool listed) {
  TRY(
      connection.run("INSERT INTO rendition(asset, role, key, name, present) VALUES(?, ?, ?, ?, ?) "
                     "ON CONFLICT(asset, key) DO UPDATE SET "
                     "present = CASE WHEN ? THEN present ELSE min(present, excluded.present) END",
                     asset,
                     photo::name(kept.role),
                     bytes_of(kept.key),
                     bytes_of(kept.name),
                     kept.present && !listed,
                     listed));
  const auto row = TRY(connection.number(
      "SELECT id FROM rendition WHERE asset = ? AND key = ?", asset, bytes_of(kept.key)));
  return row.value_or(0);
}

/// Whether the version that has the record's number is the one that it tells of.
Result<bool> is_same_version(Connection& connection,
                             const photo::Version& recorded,
                             const photo::Content& content,
                             std::int64_t version) {
  const auto same = TRY(connection.number(
      "SELECT CASE WHEN v.content IS NULL THEN v.source_version = ? ELSE c.sha256 = ? END "
      "FROM version v LEFT JOIN content c ON c.id = v.content WHERE v.id = ?",
      recorded.source_version,
      ByteView(content.sha256.bytes),
      version));
  return same == 1;
}

/// Makes room for a version before those that came after it.
Result<> shift_versions(Connection& connection, std::int64_t rendition, int from) {
  TRY(connection.run(
      "UPDATE version SET seq = -(seq + 1) WHERE rendition = ? AND seq >= ?", rendition, from));
  return connection.run("UPDATE version SET seq = -seq WHERE rendition = ? AND seq < 0", rendition);
}

/// The version that a record tells of, found by its number or made. What the source has now may
/// bear the same number, where the run that stored the record's bytes was killed before the ledger
/// knew it: those bytes are never taken for the new ones.
Result<std::int64_t> kept_version(Connection& connection,
                                  const Noting::Kept& kept,
                                  std::int64_t rendition,
                                  bool listed,
                                  Instant now) {
  const photo::Version& version = kept.version;
  const photo::Content& content = promised(version.content, "a record tells of a content");
  const ByteView sha256(content.sha256.bytes);
  TRY(connection.run(
      "INSERT OR IGNORE INTO content(sha256, size) VALUES(?, ?)", sha256, content.size.value));
  const auto known = TRY(connection.number(
      "SELECT id FROM version WHERE rendition = ? AND seq = ?", rendition, version.seq));
  const bool same = TRY(is_same_version(connection, version, content, known.value_or(0)));
  if (known && !same) TRY(shift_versions(connection, rendition, version.seq));
  if (!known || !same)
    TRY(connection.run(
        "INSERT INTO version(rendition, seq, source_version, apple_checksum, size, modified, "
        "first_seen, superseded_at, claimed_checksum) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, CASE WHEN "
        "r.present THEN ?8 ELSE coalesce(?8, ?9) END, ?10 FROM rendition r WHERE r.id = ?1",
        rendition,
        version.seq,
        version.source_version,
        stored(version.apple_checksum),
        version.size.value,
        stored(version.modified),
        stored(version.first_seen),
        stored(version.superseded_at),
        stored(now),
        stored(version.claimed_checksum)));
  const auto row = TRY(connection.number(
      "SELECT id FROM version WHERE rendition = ? AND seq = ?", rendition, version.seq));
  TRY(connection.run(
      "UPDATE version SET content = (SELECT id FROM content WHERE sha256 = ?), unavailable = NULL, "
      "superseded_at = CASE WHEN ? THEN superseded_at ELSE coalesce(superseded_at, ?) END "
      "WHERE id = ?",
      sha256,
      listed,
      stored(version.superseded_at),
      row.value_or(0)));
  TRY(connection.run(
      "UPDATE version SET superseded_at = coalesce(superseded_at, ?2) WHERE rendition = ?1 AND seq "
      "< (SELECT max(seq) FROM version WHERE rendition = ?1)",
      rendition,
      stored(now)));
  return row.value_or(0);
}

/// A file of the ledger that a record tells of.
struct KeptRows {
  std::int64_t asset = 0;
  std::int64_t rendition = 0;
  std::int64_t version = 0;
};

/// The file of a record from before its photo moved to another id, as a killed run or a destination
/// that was absent since leaves them: it is that of the photo under its new id.
Result<std::optional<KeptRows>> moved_on(Connection& connection,
                                         const Noting::Kept& kept,
                                         std::int64_t source) {
  std::optional<KeptRows> found;
  const photo::Content& content = promised(kept.version.content, "a record tells of a content");
  TRY(connection.each(
      "SELECT a.id, r.id, v.id FROM asset a JOIN rendition r ON r.asset = a.id "
      "JOIN version v ON v.rendition = r.id JOIN content c ON c.id = v.content "
      "WHERE a.moved_from_id = ? AND a.moved_from_library = ? AND a.source = ? AND r.role = ? "
      "AND c.sha256 = ?",
      [&](const sqlite::Statement& row) {
        found = KeptRows{row.integer(0), row.integer(1), row.integer(2)};
      },
      bytes_of(kept.asset.key.id),
      bytes_of(kept.asset.key.library),
      source,
      photo::name(kept.role),
      ByteView(content.sha256.bytes)));
  return found;
}

/// A file in quarantine does not lie at its own place, which stays taken for it; and the reverse.
Result<> keep_one_place(Connection& connection, const Noting::Kept& kept, const KeptRows& rows) {
  const auto other = photo::other_place(kept.path);
  if (photo::is_in_quarantine(kept.path))
    TRY(connection.run(
        "INSERT OR IGNORE INTO path(destination, path, folded, rendition) VALUES(?, ?, ?, ?)",
        kept.destination,
        other,
        folded(other),
        rows.rendition));
  const auto same =
      TRY(connection.number("SELECT 1 FROM path WHERE destination = ? AND path = ? AND version = ?",
                            kept.destination,
                            other,
                            rows.version));
  return same ? vacate(connection, kept.destination, other) : Result<>();
}

Result<> put_path(Connection& connection,
                  const Noting::Kept& kept,
                  const KeptRows& rows,
                  Instant now) {
  TRY(connection.run(
      "INSERT INTO naming(destination, asset, folder, stem, month) VALUES(?, ?, ?, ?, ?) "
      "ON CONFLICT(destination, asset) DO NOTHING",
      kept.destination,
      rows.asset,
      kept.naming.folder,
      kept.naming.stem,
      kept.naming.month));
  TRY(connection.run(
      "INSERT INTO path(destination, path, folded, rendition, version, file_time, stored_at, "
      "quarantined_at, asked_back_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(destination, path) DO UPDATE SET rendition = excluded.rendition, "
      "version = excluded.version, file_time = excluded.file_time, stored_at = excluded.stored_at, "
      "damaged = 0, quarantined_at = excluded.quarantined_at, "
      "asked_back_at = excluded.asked_back_at",
      kept.destination,
      kept.path,
      folded(kept.path),
      rows.rendition,
      rows.version,
      stored(kept.file_time),
      stored(now),
      stored(kept.quarantined_at),
      stored(kept.asked_back_at)));
  TRY(keep_one_place(connection, kept, rows));
  TRY(connection.run(
      "DELETE FROM outcome WHERE destination = ? AND version = ?", kept.destination, rows.version));
  return connection.run(
      "INSERT INTO holding(destination, content, stored_at) SELECT ?, content, ? FROM version "
      "WHERE id = ? ON CONFLICT DO NOTHING",
      kept.destination,
      stored(now),
      rows.version);
}

}  // namespace

Result<std::unique_ptr<Noting>> Noting::begin(Catalog& catalog, std::int64_t source) {
  Connection& connection = catalog.connection();
  auto state = std::make_unique<State>(
      State{connection, connection.lock(), source, connection.now(), std::nullopt});
  auto transaction = TRY(sqlite::Transaction::begin(connection.database()));
  state->transaction.emplace(std::move(transaction));
  return std::unique_ptr<Noting>(new Noting(std::move(state)));
}

Noting::Noting(std::unique_ptr<State> state) : state_(std::move(state)) {}

Noting::~Noting() = default;

Result<> Noting::put(const photo::Asset& asset) {
  Connection& connection = state_->connection;
  const auto row = TRY(find_asset(connection, state_->source, asset.key.library, asset.key.id));
  photo::Account known;
  if (row) {
    auto account = TRY(load_account(connection, *row));
    if (account) known = *std::move(account);
    if (!known.gone_at && same(known.asset, asset)) return {};
  }
  TRY(write_asset(connection, state_->source, asset, std::nullopt));
  const auto written = TRY(find_asset(connection, state_->source, asset.key.library, asset.key.id));
  if (known.asset.albums != asset.albums)
    TRY(note_albums(connection, written.value_or(0), asset.albums));
  TRY(note_files(connection, known, written.value_or(0), asset, state_->now));
  return owe_everywhere(connection, written.value_or(0));
}

Result<> Noting::gone(std::string_view library, std::string_view id) {
  Connection& connection = state_->connection;
  const auto row = TRY(find_asset(connection, state_->source, library, id));
  if (!row) return {};
  TRY(connection.run(
      "UPDATE asset SET gone_at = ? WHERE id = ? AND gone_at IS NULL", stored(state_->now), *row));
  return owe_everywhere(connection, *row);
}

Result<std::optional<std::string>> Noting::record_of(std::string_view library,
                                                     std::string_view id) {
  std::optional<std::string> record;
  TRY(state_->connection.each(
      "SELECT record FROM asset WHERE source = ? AND library = ? AND source_id = ?",
      [&](const sqlite::Statement& row) { record = maybe_text_in(row, 0); },
      state_->source,
      bytes_of(library),
      bytes_of(id)));
  return record;
}

Result<> Noting::keep_only(const IsThere& is_there) {
  struct Present {
    std::int64_t row = 0;
    std::string library;
    std::string id;
  };

  constexpr std::int64_t page = 256;
  std::int64_t last = 0;
  for (;;) {
    std::vector<Present> present;
    TRY(state_->connection.each(
        "SELECT id, library, source_id FROM asset WHERE source = ? AND gone_at IS NULL AND id > ? "
        "ORDER BY id LIMIT ?",
        [&](const sqlite::Statement& row) {
          present.push_back({row.integer(0), bytes_in(row, 1), bytes_in(row, 2)});
        },
        state_->source,
        last,
        page));
    if (present.empty()) return {};
    last = present.back().row;
    for (const Present& asset : present) {
      std::vector<std::string> keys;
      TRY(state_->connection.each(
          "SELECT key FROM rendition WHERE asset = ? AND present = 1",
          [&](const sqlite::Statement& row) { keys.push_back(bytes_in(row, 0)); },
          asset.row));
      const bool there = TRY(is_there(asset.library, asset.id, keys));
      if (!there) TRY(gone(asset.library, asset.id));
    }
  }
}

Result<std::optional<std::string>> Noting::recall(std::string_view key) {
  std::optional<std::string> value;
  TRY(state_->connection.each(
      "SELECT value FROM source_memory WHERE source = ? AND key = ?",
      [&](const sqlite::Statement& row) { value = bytes_in(row, 0); },
      state_->source,
      bytes_of(key)));
  return value;
}

Result<> Noting::remember(std::string_view key, std::string_view value) {
  return state_->connection.run(
      "INSERT INTO source_memory(source, key, value) VALUES(?, ?, ?) "
      "ON CONFLICT(source, key) DO UPDATE SET value = excluded.value",
      state_->source,
      bytes_of(key),
      bytes_of(value));
}

Result<> Noting::forget(std::string_view key) {
  return state_->connection.run(
      "DELETE FROM source_memory WHERE source = ? AND key = ?", state_->source, bytes_of(key));
}

Result<std::vector<std::pair<std::string, std::string>>> Noting::recall_after(
    std::string_view key, std::string_view prefix, std::size_t most) {
  std::vector<std::pair<std::string, std::string>> rows;
  expect(!prefix.empty() && prefix.back() != '\x7f', "a source's prefix has a successor");
  std::string end(prefix);
  ++end.back();
  TRY(state_->connection.each(
      "SELECT key, value FROM source_memory WHERE source = ? AND key > ? AND key >= ? AND key < ? "
      "ORDER BY key LIMIT ?",
      [&](const sqlite::Statement& row) { rows.emplace_back(bytes_in(row, 0), bytes_in(row, 1)); },
      state_->source,
      bytes_of(key),
      bytes_of(prefix),
      bytes_of(end),
      most));
  return rows;
}

Result<> Noting::commit() {
  TRY(state_->transaction->commit());
  state_->transaction.reset();
  auto next = TRY(sqlite::Transaction::begin(state_->connection.database()));
  state_->transaction.emplace(std::move(next));
  return {};
}

Result<> Noting::put_kept(const Kept& kept) {
  Connection& connection = state_->connection;
  const auto moved = TRY(moved_on(connection, kept, state_->source));
  if (moved) {
    TRY(owe_everywhere(connection, moved->asset));
    return put_path(connection, kept, *moved, state_->now);
  }
  const bool listed = TRY(was_listed(connection, state_->source));
  KeptRows rows;
  rows.asset = TRY(kept_asset(connection, kept, state_->source, listed, state_->now));
  TRY(owe_everywhere(connection, rows.asset));
  const auto present =
      TRY(connection.number("SELECT 1 FROM asset WHERE id = ? AND gone_at IS NULL", rows.asset));
  const bool is_listed = listed && present;
  rows.rendition = TRY(kept_rendition(connection, kept, rows.asset, is_listed));
  rows.version = TRY(kept_version(connection, kept, rows.rendition, is_listed, state_->now));
  return put_path(connection, kept, rows, state_->now);
}

}  // namespace keepsake::catalog
