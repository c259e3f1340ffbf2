// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/kept_rows.h"

#include "base/promised.h"
#include "base/text.h"
#include "catalog/asset_rows.h"
#include "photo/quarantine.h"

namespace keepsake::catalog {

namespace {

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
  const auto row = TRY(write_asset(connection, source, kept.asset, gone_at));
  if (kept.moved_from)
    TRY(connection.run("UPDATE asset SET moved_from_library = ?, moved_from_id = ? WHERE id = ?",
                       bytes_of(kept.moved_from->library),
                       bytes_of(kept.moved_from->id),
                       row));
  TRY(note_albums(connection, row, kept.asset.albums));
  return row;
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
  TRY(connection.run(
      "INSERT INTO holding(destination, content, stored_at) SELECT ?, content, ? FROM version "
      "WHERE id = ? ON CONFLICT DO NOTHING",
      kept.destination,
      stored(now),
      rows.version));
  return owe_albums_of(connection, kept.destination, rows.asset);
}

}  // namespace

Result<> write_kept(Connection& connection,
                    std::int64_t source,
                    const Noting::Kept& kept,
                    Instant now) {
  const auto moved = TRY(moved_on(connection, kept, source));
  if (moved) {
    TRY(owe_everywhere(connection, moved->asset));
    return put_path(connection, kept, *moved, now);
  }
  const bool listed = TRY(was_listed(connection, source));
  KeptRows rows;
  rows.asset = TRY(kept_asset(connection, kept, source, listed, now));
  TRY(owe_everywhere(connection, rows.asset));
  const auto present =
      TRY(connection.number("SELECT 1 FROM asset WHERE id = ? AND gone_at IS NULL", rows.asset));
  const bool is_listed = listed && present;
  rows.rendition = TRY(kept_rendition(connection, kept, rows.asset, is_listed));
  rows.version = TRY(kept_version(connection, kept, rows.rendition, is_listed, now));
  return put_path(connection, kept, rows, now);
}

}  // namespace keepsake::catalog
