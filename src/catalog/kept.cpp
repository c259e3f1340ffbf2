// SPDX-License-Identifier: GPL-3.0-or-later
// The files that lie in a destination: for verification, and for its albums.
#include "catalog/catalog.h"
#include "catalog/connection.h"

#include <cmath>

namespace keepsake::catalog {

namespace {

constexpr std::string_view select_kept =
    "SELECT p.path, r.asset, v.id, a.source_id, c.sha256, c.size, p.file_time, p.verified_at, "
    "p.damaged FROM path p JOIN version v ON v.id = p.version JOIN content c ON c.id = v.content "
    "JOIN rendition r ON r.id = p.rendition JOIN asset a ON a.id = r.asset WHERE p.destination = ?";

Catalog::KeptPath kept_in(const sqlite::Statement& row) {
  Catalog::KeptPath kept;
  kept.path = row.text(0);
  kept.asset = row.integer(1);
  kept.version = row.integer(2);
  kept.asset_name = bytes_in(row, 3);
  kept.content.sha256 = Digest::from(row.bytes(4)).value_or(Digest{});
  kept.content.size = ByteCount{static_cast<std::uint64_t>(row.integer(5))};
  kept.file_time = instant_in(row, 6);
  kept.verified_at = maybe_instant_in(row, 7);
  kept.damaged = row.integer(8) != 0;
  return kept;
}

}  // namespace

Result<std::vector<Catalog::KeptPath>> Catalog::paths_after(std::int64_t destination,
                                                            std::string_view path,
                                                            std::size_t most) {
  const auto lock = connection_->lock();
  std::vector<KeptPath> page;
  TRY(connection_->each(
      fmt::format("{} AND p.path > ? ORDER BY p.path LIMIT ?", select_kept),
      [&](const sqlite::Statement& row) { page.push_back(kept_in(row)); },
      destination,
      path,
      most));
  return page;
}

// The choice lies in a table of its own, which SQLite puts on the disk when it is long.
Result<> Catalog::choose_least_verified(std::int64_t destination, double share) {
  const auto lock = connection_->lock();
  TRY(connection_->database().run(
      "CREATE TEMP TABLE IF NOT EXISTS chosen(path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"));
  TRY(connection_->run("DELETE FROM chosen"));
  const auto all = TRY(connection_->number(
      "SELECT count(*) FROM path WHERE destination = ? AND version IS NOT NULL", destination));
  const auto wanted =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(all.value_or(0)) * share));
  return connection_->run(
      "INSERT INTO chosen SELECT path FROM path WHERE destination = ? AND version IS NOT NULL "
      "ORDER BY verified_at, random() LIMIT ?",
      destination,
      wanted);
}

Result<bool> Catalog::is_chosen(std::string_view path) {
  const auto lock = connection_->lock();
  const auto found = TRY(connection_->number("SELECT 1 FROM chosen WHERE path = ?", path));
  return found.has_value();
}

Result<> Catalog::record_checks(std::int64_t destination, std::span<const Checked> checks) {
  const auto lock = connection_->lock();
  const auto now = stored(connection_->now());
  auto transaction = TRY(sqlite::Transaction::begin(connection_->database()));
  for (const Checked& check : checks) {
    TRY(connection_->run(
        "UPDATE path SET damaged = ?3, verified_at = CASE WHEN ?4 THEN ?5 ELSE verified_at END "
        "WHERE destination = ?1 AND path = ?2",
        destination,
        check.path,
        check.damaged ? 1 : 0,
        check.read_back ? 1 : 0,
        now));
    if (check.damaged)
      TRY(connection_->run(
          "INSERT OR IGNORE INTO owed(destination, asset) SELECT p.destination, r.asset FROM path "
          "p "
          "JOIN rendition r ON r.id = p.rendition WHERE p.destination = ? AND p.path = ?",
          destination,
          check.path));
    if (check.read_back)
      TRY(connection_->run(
          "UPDATE holding SET verified_at = ?3 WHERE destination = ?1 AND content = (SELECT "
          "v.content FROM path p JOIN version v ON v.id = p.version WHERE p.destination = ?1 AND "
          "p.path = ?2)",
          destination,
          check.path,
          now));
  }
  return transaction.commit();
}

Result<std::vector<std::string>> Catalog::owed_albums(std::int64_t destination) {
  const auto lock = connection_->lock();
  std::vector<std::string> albums;
  TRY(connection_->each(
      "SELECT album FROM owed_album WHERE destination = ? ORDER BY album",
      [&](const sqlite::Statement& row) { albums.emplace_back(row.text(0)); },
      destination));
  return albums;
}

Result<std::vector<Catalog::AlbumFile>> Catalog::album_files(std::int64_t destination,
                                                             std::string_view album) {
  const auto lock = connection_->lock();
  std::vector<AlbumFile> files;
  TRY(connection_->each(
      "SELECT p.path FROM album_member m JOIN rendition r ON r.asset = m.asset "
      "JOIN version v ON v.rendition = r.id AND v.superseded_at IS NULL "
      "JOIN path p ON p.version = v.id AND p.destination = ?1 "
      "AND p.quarantined_at IS NULL WHERE m.album = ?2 AND r.role IN ('original', 'edited', "
      "'live-video', 'edited-live-video') "
      "ORDER BY p.path",
      [&](const sqlite::Statement& row) {
        const std::string path(row.text(0));
        files.push_back({path, path.substr(path.rfind('/') + 1)});
      },
      destination,
      album));
  return files;
}

Result<std::vector<Catalog::AlbumMember>> Catalog::album_members(std::string_view album) {
  const auto lock = connection_->lock();
  std::vector<AlbumMember> members;
  TRY(connection_->each(
      "SELECT s.name, a.source_id FROM album_member m JOIN asset a ON a.id = m.asset "
      "JOIN source s ON s.id = a.source WHERE m.album = ? ORDER BY s.name, a.source_id",
      [&](const sqlite::Statement& row) {
        members.push_back({std::string(row.text(0)), bytes_in(row, 1)});
      },
      album));
  return members;
}

Result<> Catalog::settle_album(std::int64_t destination, std::string_view album) {
  const auto lock = connection_->lock();
  return connection_->run(
      "DELETE FROM owed_album WHERE destination = ? AND album = ?", destination, album);
}

}  // namespace keepsake::catalog
