// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/catalog.h"

#include "catalog/connection.h"
#include "catalog/schema.h"
#include "os/folder.h"

namespace keepsake::catalog {

Result<std::unique_ptr<Catalog>> Catalog::open(const std::filesystem::path& file,
                                               os::Clock& clock) {
  auto database = TRY(sqlite::Database::open(file, sqlite::Access::read_write));
  TRY(bring_up_to_date(database));
  return std::unique_ptr<Catalog>(
      new Catalog(std::make_unique<Connection>(std::move(database), clock)));
}

void Catalog::remove(const std::filesystem::path& file) { sqlite::Database::remove(file); }

Result<> Catalog::replace(const std::filesystem::path& old,
                          const std::filesystem::path& by,
                          os::Clock& clock) {
  auto folder = TRY(os::open_folder(old.parent_path()));
  const auto name = RelativePath::known(old.filename().string());
  const auto there = TRY(folder->look(name));
  // Closed, it has in it what only its log had. Of one that cannot be opened nothing is lost.
  if (there) static_cast<void>(open(old, clock));
  sqlite::Database::remove_log(old);
  TRY(folder->rename(RelativePath::known(by.filename().string()), name, os::Existing::replace));
  return folder->sync(RelativePath());
}

Catalog::Catalog(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Catalog::~Catalog() = default;

Result<std::int64_t> Catalog::know_source(const Place& source) {
  const auto lock = connection_->lock();
  const auto known =
      TRY(connection_->number("SELECT id FROM source WHERE uid = ? AND name = ? AND kind = ?",
                              ByteView(source.uid.bytes),
                              source.name,
                              source.kind));
  if (known) return *known;
  TRY(
      connection_->run("INSERT INTO source(uid, name, kind) VALUES(?, ?, ?) "
                       "ON CONFLICT(uid) DO UPDATE SET name = excluded.name, kind = excluded.kind",
                       ByteView(source.uid.bytes),
                       source.name,
                       source.kind));
  const auto row =
      TRY(connection_->number("SELECT id FROM source WHERE uid = ?", ByteView(source.uid.bytes)));
  return row.value_or(0);
}

Result<std::int64_t> Catalog::know_destination(const Place& destination, std::string_view rules) {
  const auto lock = connection_->lock();
  const ByteView uid(destination.uid.bytes);
  const auto known =
      TRY(connection_->number("SELECT id FROM destination WHERE uid = ? AND name = ? AND rules = ?",
                              uid,
                              destination.name,
                              rules));
  if (known) return *known;
  auto transaction = TRY(sqlite::Transaction::begin(connection_->database()));
  TRY(connection_->run(
      "INSERT INTO destination(uid, name, kind, rules) VALUES(?, ?, ?, ?) ON CONFLICT(uid) "
      "DO UPDATE SET name = excluded.name, kind = excluded.kind, rules = excluded.rules",
      uid,
      destination.name,
      destination.kind,
      rules));
  const auto row = TRY(connection_->number("SELECT id FROM destination WHERE uid = ?", uid));
  TRY(connection_->run("INSERT OR IGNORE INTO owed(destination, asset) SELECT ?, id FROM asset",
                       row));
  // What the rules kept out before is for the next plan to say anew.
  TRY(connection_->run("DELETE FROM outcome WHERE destination = ? AND state = 'excluded'", row));
  TRY(
      connection_->run("INSERT OR IGNORE INTO owed_album(destination, album) SELECT DISTINCT ?, "
                       "album FROM album_member",
                       row));
  TRY(transaction.commit());
  return row.value_or(0);
}

namespace {

Place place_in(const sqlite::Statement& row) {
  return {row.integer(0),
          Id128::from(row.bytes(1)).value_or(Id128{}),
          std::string(row.text(2)),
          std::string(row.text(3))};
}

}  // namespace

Result<std::vector<Place>> Catalog::sources() {
  const auto lock = connection_->lock();
  std::vector<Place> places;
  TRY(connection_->each("SELECT id, uid, name, kind FROM source ORDER BY uid",
                        [&](const sqlite::Statement& row) { places.push_back(place_in(row)); }));
  return places;
}

Result<std::vector<Place>> Catalog::destinations() {
  const auto lock = connection_->lock();
  std::vector<Place> places;
  TRY(connection_->each("SELECT id, uid, name, kind FROM destination ORDER BY name",
                        [&](const sqlite::Statement& row) { places.push_back(place_in(row)); }));
  return places;
}

Result<> Catalog::forget_destination(std::int64_t destination) {
  const auto lock = connection_->lock();
  return connection_->run("DELETE FROM destination WHERE id = ?", destination);
}

Result<> Catalog::owe_all(std::int64_t destination) {
  const auto lock = connection_->lock();
  return connection_->run("INSERT OR IGNORE INTO owed(destination, asset) SELECT ?, id FROM asset",
                          destination);
}

Result<std::optional<Digest>> Catalog::fingerprint(std::int64_t destination) {
  const auto lock = connection_->lock();
  std::optional<Digest> found;
  TRY(connection_->each(
      "SELECT fingerprint FROM destination WHERE id = ? AND fingerprint IS NOT NULL",
      [&](const sqlite::Statement& row) { found = Digest::from(row.bytes(0)); },
      destination));
  return found;
}

Result<> Catalog::remember_fingerprint(std::int64_t destination, const Digest& fingerprint) {
  const auto lock = connection_->lock();
  return connection_->run("UPDATE destination SET fingerprint = ? WHERE id = ?",
                          ByteView(fingerprint.bytes),
                          destination);
}

Result<std::int64_t> Catalog::begin_run(std::string_view verb) {
  const auto lock = connection_->lock();
  TRY(connection_->run(
      "INSERT INTO run(verb, started_at) VALUES(?, ?)", verb, stored(connection_->now())));
  return connection_->database().last_row_id();
}

Result<> Catalog::finish_run(std::int64_t run, int exit_code, std::string_view summary) {
  const auto lock = connection_->lock();
  return connection_->run("UPDATE run SET finished_at = ?, exit_code = ?, summary = ? WHERE id = ?",
                          stored(connection_->now()),
                          exit_code,
                          summary,
                          run);
}

Result<> Catalog::note_source_success(std::int64_t source, std::int64_t ignored) {
  const auto lock = connection_->lock();
  return connection_->run("UPDATE source SET last_success = ?, ignored = ? WHERE id = ?",
                          stored(connection_->now()),
                          ignored,
                          source);
}

Result<> Catalog::note_destination_success(std::int64_t destination) {
  const auto lock = connection_->lock();
  return connection_->run("UPDATE destination SET last_success = ? WHERE id = ?",
                          stored(connection_->now()),
                          destination);
}

Result<> Catalog::note_verified(std::int64_t destination) {
  const auto lock = connection_->lock();
  return connection_->run("UPDATE destination SET last_verified = ? WHERE id = ?",
                          stored(connection_->now()),
                          destination);
}

}  // namespace keepsake::catalog
