// SPDX-License-Identifier: GPL-3.0-or-later
// The work of a run: what is owed, the names reserved for it, and what came of it.
#include "base/text.h"
#include "catalog/asset_rows.h"
#include "catalog/catalog.h"
#include "catalog/connection.h"
#include "photo/quarantine.h"

#include <nlohmann/json.hpp>

namespace keepsake::catalog {

namespace {

std::string json_list(std::span<const std::int64_t> numbers) {
  return nlohmann::json(std::vector<std::int64_t>(numbers.begin(), numbers.end())).dump();
}

Result<std::int64_t> content_row(Connection& connection, const photo::Content& content) {
  const ByteView sha256(content.sha256.bytes);
  TRY(connection.run(
      "INSERT OR IGNORE INTO content(sha256, size) VALUES(?, ?)", sha256, content.size.value));
  const auto row = TRY(connection.number("SELECT id FROM content WHERE sha256 = ?", sha256));
  return row.value_or(0);
}

/// The version that lay at the path before moves with its times to where it was put aside.
Result<> move_aside(Connection& connection, const StoredFile& file) {
  if (!file.replaced) return {};
  return connection.run(
      "INSERT OR REPLACE INTO path(destination, path, folded, rendition, version, file_time, "
      "stored_at, verified_at, damaged) SELECT destination, ?3, ?4, rendition, version, file_time, "
      "stored_at, verified_at, damaged FROM path WHERE destination = ?1 AND path = ?2",
      file.destination,
      file.path,
      *file.replaced,
      folded(*file.replaced));
}

Result<> record_stored(Connection& connection, const StoredFile& file) {
  const auto content = TRY(content_row(connection, file.content));
  const auto now = stored(connection.now());
  TRY(connection.run(
      "UPDATE version SET content = ?, size = ?, apple_checksum = coalesce(?, apple_checksum), "
      "unavailable = NULL WHERE id = ?",
      content,
      file.content.size.value,
      stored(file.apple_checksum),
      file.version));
  TRY(move_aside(connection, file));
  TRY(connection.run(
      "INSERT INTO path(destination, path, folded, rendition, version, file_time, stored_at) "
      "SELECT ?1, ?2, ?3, rendition, id, ?5, ?6 FROM version WHERE id = ?4 "
      "ON CONFLICT(destination, path) DO UPDATE SET version = excluded.version, rendition = "
      "excluded.rendition, file_time = excluded.file_time, stored_at = excluded.stored_at, "
      "verified_at = NULL, damaged = 0",
      file.destination,
      file.path,
      folded(file.path),
      file.version,
      stored(file.file_time),
      now));
  TRY(
      connection.run("INSERT INTO holding(destination, content, stored_at) VALUES(?, ?, ?) "
                     "ON CONFLICT(destination, content) DO NOTHING",
                     file.destination,
                     content,
                     now));
  TRY(connection.run(
      "DELETE FROM outcome WHERE destination = ? AND version = ?", file.destination, file.version));
  return owe_albums_of(connection, file.destination, file.asset);
}

/// Its own place stays taken while it lies in quarantine.
Result<> record_moved(Connection& connection, const MovedFile& file) {
  const auto from = photo::other_place(file.path);
  TRY(connection.run(
      "INSERT OR REPLACE INTO path(destination, path, folded, rendition, version, file_time, "
      "stored_at, verified_at, damaged, quarantined_at, asked_back_at) SELECT destination, ?3, ?4, "
      "rendition, version, file_time, stored_at, verified_at, damaged, ?5, ?6 FROM path "
      "WHERE destination = ?1 AND path = ?2 AND version IS NOT NULL",
      file.destination,
      from,
      file.path,
      folded(file.path),
      stored(file.quarantined_at),
      stored(file.asked_back_at)));
  TRY(vacate(connection, file.destination, from));
  TRY(connection.run(
      "DELETE FROM outcome WHERE destination = ?1 AND version = (SELECT version FROM path "
      "WHERE destination = ?1 AND path = ?2)",
      file.destination,
      file.path));
  return connection.run(
      "INSERT OR IGNORE INTO owed_album(destination, album) SELECT d.id, m.album "
      "FROM path p JOIN rendition r ON r.id = p.rendition JOIN album_member m ON m.asset = r.asset "
      "JOIN destination d ON d.id = p.destination AND d.kind = 'folder' "
      "WHERE p.destination = ? AND p.path = ?",
      file.destination,
      file.path);
}

/// A version whose bytes are those of the one before was never a version: the one before goes on.
Result<> forget_touch(Connection& connection, std::int64_t version) {
  const auto before =
      TRY(connection.number("SELECT b.id FROM version v JOIN version b ON b.rendition = "
                            "v.rendition AND b.seq = v.seq - 1 "
                            "WHERE v.id = ?",
                            version));
  if (!before) return {};
  TRY(
      connection.run("UPDATE version SET superseded_at = NULL, (source_version, modified, "
                     "claimed_checksum) = (SELECT source_version, modified, claimed_checksum FROM "
                     "version WHERE id = ?1) WHERE id = ?2",
                     version,
                     *before));
  TRY(connection.run("UPDATE path SET version = ? WHERE version = ?", *before, version));
  return connection.run("DELETE FROM version WHERE id = ?", version);
}

Result<> record_unheld(Connection& connection, const Progress::Unheld& unheld) {
  // What was read and holds nothing is not read again before it changes.
  if (unheld.shortfall.state == photo::Shortfall::State::pending &&
      unheld.shortfall.cause == Cause::invalid)
    TRY(connection.run("UPDATE version SET unavailable = ? WHERE id = ? AND content IS NULL",
                       name(Cause::invalid),
                       unheld.shortfall.version));
  return connection.run(
      "INSERT INTO outcome(destination, version, state, cause, message, attempts) "
      "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(destination, version) DO UPDATE SET "
      "state = excluded.state, cause = excluded.cause, message = excluded.message, "
      "attempts = attempts + excluded.attempts",
      unheld.destination,
      unheld.shortfall.version,
      photo::name(unheld.shortfall.state),
      name(unheld.shortfall.cause),
      unheld.shortfall.message,
      unheld.shortfall.attempts);
}

Result<> clear_work(Connection& connection) {
  TRY(connection.database().run(
      "CREATE TEMP TABLE IF NOT EXISTS work(n INTEGER PRIMARY KEY, asset INTEGER NOT NULL)"));
  return connection.run("DELETE FROM work");
}

Result<Owed> sum_work(Connection& connection) {
  Owed owed;
  const auto assets = TRY(connection.number("SELECT count(*) FROM work"));
  const auto bytes = TRY(connection.number(
      "SELECT sum(v.size) FROM work w CROSS JOIN rendition r ON r.asset = w.asset "
      "CROSS JOIN version v ON v.rendition = r.id AND v.superseded_at IS NULL "
      "AND v.unavailable IS NULL WHERE "
      "v.content IS NULL OR EXISTS (SELECT 1 FROM path p WHERE p.version = v.id AND p.damaged = "
      "1)"));
  owed.assets = assets.value_or(0);
  owed.bytes = ByteCount{static_cast<std::uint64_t>(bytes.value_or(0))};
  return owed;
}

}  // namespace

Result<Owed> Catalog::gather_owed(std::span<const std::int64_t> sources,
                                  std::span<const std::int64_t> destinations) {
  const auto lock = connection_->lock();
  TRY(clear_work(*connection_));
  TRY(connection_->run(
      "INSERT INTO work(asset) SELECT a.id FROM asset a JOIN source s ON s.id = a.source "
      "WHERE a.id IN (SELECT asset FROM owed WHERE destination IN (SELECT value FROM "
      "json_each(?))) "
      "AND a.source IN (SELECT value FROM json_each(?)) ORDER BY s.uid, a.library, a.source_id",
      json_list(destinations),
      json_list(sources)));
  return sum_work(*connection_);
}

Result<ByteCount> Catalog::bytes_lacking(std::int64_t destination) {
  const auto lock = connection_->lock();
  const auto bytes = TRY(connection_->number(
      "SELECT sum(v.size) FROM work w CROSS JOIN rendition r ON r.asset = w.asset "
      "CROSS JOIN version v ON v.rendition = r.id AND v.superseded_at IS NULL "
      "AND v.unavailable IS NULL WHERE NOT EXISTS "
      "(SELECT 1 FROM path p WHERE p.version = v.id AND p.destination = ?)",
      destination));
  return ByteCount{static_cast<std::uint64_t>(bytes.value_or(0))};
}

Result<> Catalog::gather_changed(std::span<const std::int64_t> sources,
                                 std::span<const std::int64_t> destinations) {
  const auto lock = connection_->lock();
  TRY(clear_work(*connection_));
  // From what is owed on: what changed in earlier runs only grows.
  return connection_->run(
      "INSERT INTO work(asset) SELECT a.id FROM (SELECT DISTINCT asset FROM owed WHERE destination "
      "IN (SELECT value FROM json_each(?2))) o CROSS JOIN asset a ON a.id = o.asset "
      "JOIN source s ON s.id = a.source WHERE a.source IN (SELECT value FROM json_each(?1)) "
      "AND (a.gone_at IS NOT NULL OR EXISTS (SELECT 1 FROM rendition r JOIN version v "
      "ON v.rendition = r.id WHERE r.asset = a.id AND v.superseded_at IS NOT NULL)) "
      "ORDER BY s.uid, a.library, a.source_id",
      json_list(sources),
      json_list(destinations));
}

Result<> Catalog::gather_arrived(std::int64_t source) {
  const auto lock = connection_->lock();
  TRY(clear_work(*connection_));
  return connection_->run(
      "INSERT INTO work(asset) WITH lost(size, checksum) AS MATERIALIZED ("
      "SELECT v.size, v.claimed_checksum FROM asset a JOIN rendition r ON r.asset = a.id "
      "AND r.role = 'original' JOIN version v ON v.rendition = r.id AND v.superseded_at IS NULL "
      "AND v.content IS NOT NULL WHERE a.source = ?1 AND a.gone_at IS NOT NULL "
      "AND EXISTS (SELECT 1 FROM path p WHERE p.version = v.id)) "
      "SELECT a.id FROM (SELECT DISTINCT asset FROM owed) o CROSS JOIN asset a ON a.id = o.asset "
      "CROSS JOIN rendition r ON r.asset = a.id CROSS JOIN version v ON v.rendition = r.id "
      "WHERE a.source = ?1 AND a.gone_at IS NULL AND r.role = 'original' "
      "AND v.superseded_at IS NULL AND v.content IS NULL AND v.unavailable IS NULL "
      "AND NOT EXISTS (SELECT 1 FROM naming n WHERE n.asset = a.id) "
      "AND v.size IN (SELECT size FROM lost) AND (v.claimed_checksum IS NULL "
      "OR v.claimed_checksum IN (SELECT checksum FROM lost) "
      "OR EXISTS (SELECT 1 FROM lost WHERE checksum IS NULL)) "
      "ORDER BY a.library, a.source_id",
      source);
}

Result<> Catalog::gather_misplaced(std::span<const std::int64_t> sources,
                                   std::int64_t destination) {
  const auto lock = connection_->lock();
  TRY(clear_work(*connection_));
  return connection_->run(
      "INSERT INTO work(asset) SELECT a.id FROM owed o CROSS JOIN asset a ON a.id = o.asset "
      "WHERE o.destination = ?1 AND a.source IN (SELECT value FROM json_each(?2)) "
      "AND EXISTS (SELECT 1 FROM rendition r CROSS JOIN path p ON p.rendition = r.id "
      "AND +p.destination = ?1 AND p.version IS NOT NULL WHERE r.asset = a.id "
      "AND (p.quarantined_at IS NULL) = (a.gone_at IS NOT NULL)) "
      "ORDER BY a.source, a.library, a.source_id",
      destination,
      json_list(sources));
}

Result<> Catalog::gather_quarantined(std::int64_t destination) {
  const auto lock = connection_->lock();
  TRY(clear_work(*connection_));
  return connection_->run(
      "INSERT INTO work(asset) SELECT id FROM asset WHERE id IN (SELECT r.asset FROM path p "
      "JOIN rendition r ON r.id = p.rendition WHERE p.destination = ?1 "
      "AND p.quarantined_at IS NOT NULL AND p.version IS NOT NULL) "
      "ORDER BY source, library, source_id",
      destination);
}

Result<Owed> Catalog::gather_damaged(std::int64_t destination) {
  const auto lock = connection_->lock();
  TRY(clear_work(*connection_));
  TRY(connection_->run(
      "INSERT INTO work(asset) SELECT DISTINCT r.asset FROM path p JOIN rendition r "
      "ON r.id = p.rendition WHERE p.destination = ? AND p.damaged = 1 AND p.version IS NOT NULL",
      destination));
  return sum_work(*connection_);
}

Result<std::vector<photo::Account>> Catalog::next_owed(std::size_t most) {
  const auto lock = connection_->lock();
  const auto view = TRY(sqlite::View::begin(connection_->database()));
  std::vector<std::int64_t> rows;
  std::int64_t last = 0;
  TRY(connection_->each(
      "SELECT n, asset FROM work ORDER BY n LIMIT ?",
      [&](const sqlite::Statement& row) {
        last = row.integer(0);
        rows.push_back(row.integer(1));
      },
      most));
  TRY(connection_->run("DELETE FROM work WHERE n <= ?", last));
  return load_accounts(*connection_, rows);
}

Result<> Catalog::reserve(std::span<const Reservation> reservations) {
  const auto lock = connection_->lock();
  auto transaction = TRY(sqlite::Transaction::begin(connection_->database()));
  for (const Reservation& reservation : reservations) {
    TRY(
        connection_->run("INSERT OR IGNORE INTO naming(destination, asset, folder, stem, month) "
                         "VALUES(?, ?, ?, ?, ?)",
                         reservation.destination,
                         reservation.asset,
                         reservation.naming.folder,
                         reservation.naming.stem,
                         reservation.naming.month));
    for (const Reservation::Path& path : reservation.paths)
      TRY(connection_->run(
          "INSERT INTO path(destination, path, folded, rendition) VALUES(?, ?, ?, ?)",
          reservation.destination,
          path.path,
          folded(path.path),
          path.rendition));
  }
  return transaction.commit();
}

Result<bool> Catalog::is_taken(std::int64_t destination, std::string_view folded) {
  const auto lock = connection_->lock();
  const auto found = TRY(connection_->number(
      "SELECT 1 FROM path WHERE destination = ? AND folded = ?", destination, folded));
  return found.has_value();
}

Result<> Catalog::record(const Progress& progress) {
  const auto lock = connection_->lock();
  auto transaction = TRY(sqlite::Transaction::begin(connection_->database()));
  for (const StoredFile& file : progress.stored) TRY(record_stored(*connection_, file));
  for (const MovedFile& file : progress.moved) TRY(record_moved(*connection_, file));
  for (const auto& unheld : progress.unheld) TRY(record_unheld(*connection_, unheld));
  for (const std::int64_t version : progress.only_touched) TRY(forget_touch(*connection_, version));
  for (const auto& described : progress.described)
    TRY(connection_->run("UPDATE naming SET described = ? WHERE destination = ? AND asset = ?",
                         ByteView(described.record.bytes),
                         described.destination,
                         described.asset));
  for (const auto& settled : progress.settled)
    TRY(connection_->run("DELETE FROM owed WHERE destination = ? AND asset = ?",
                         settled.destination,
                         settled.asset));
  return transaction.commit();
}

Result<std::optional<Catalog::Copy>> Catalog::copy_of(std::int64_t destination,
                                                      const Digest& content) {
  const auto lock = connection_->lock();
  std::optional<Copy> copy;
  // CROSS JOIN and the plus keep SQLite to this order: from the one content on, never through all
  // paths.
  TRY(connection_->each(
      "SELECT p.path, p.file_time FROM content c CROSS JOIN version v ON v.content = c.id "
      "CROSS JOIN path p ON p.version = v.id WHERE c.sha256 = ? AND +p.destination = ? AND "
      "p.damaged = 0 "
      "ORDER BY p.path DESC",
      [&](const sqlite::Statement& row) {
        copy = Copy{std::string(row.text(0)), instant_in(row, 1)};
      },
      ByteView(content.bytes),
      destination));
  return copy;
}

Result<bool> Catalog::has_copy_beside(std::int64_t destination, const Digest& content) {
  const auto lock = connection_->lock();
  const auto found = TRY(connection_->number(
      "SELECT 1 FROM content c CROSS JOIN version v ON v.content = c.id "
      "CROSS JOIN path p ON p.version = v.id CROSS JOIN rendition r ON r.id = p.rendition "
      "WHERE c.sha256 = ?2 AND p.damaged = 0 AND (p.destination <> ?1 OR NOT EXISTS ("
      "SELECT 1 FROM rendition s CROSS JOIN path q ON q.rendition = s.id AND +q.destination = ?1 "
      "AND q.quarantined_at IS NOT NULL WHERE s.asset = r.asset)) LIMIT 1",
      destination,
      ByteView(content.bytes)));
  return found.has_value();
}

Result<> Catalog::forget_files(std::int64_t destination, std::int64_t asset) {
  const auto lock = connection_->lock();
  auto transaction = TRY(sqlite::Transaction::begin(connection_->database()));
  TRY(connection_->run(
      "DELETE FROM path WHERE +destination = ?1 AND rendition IN (SELECT id FROM rendition WHERE "
      "asset = ?2)",
      destination,
      asset));
  TRY(connection_->run(
      "DELETE FROM naming WHERE destination = ? AND asset = ?", destination, asset));
  TRY(connection_->run(
      "DELETE FROM holding WHERE destination = ?1 AND content IN (SELECT v.content FROM version v "
      "JOIN rendition r ON r.id = v.rendition WHERE r.asset = ?2) AND NOT EXISTS (SELECT 1 FROM "
      "version w JOIN path p ON p.version = w.id AND p.destination = ?1 WHERE w.content = "
      "holding.content)",
      destination,
      asset));
  return transaction.commit();
}

}  // namespace keepsake::catalog
