// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/noting.h"

#include "catalog/asset_rows.h"
#include "catalog/connection.h"
#include "catalog/kept_rows.h"

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
  const auto written = TRY(write_asset(connection, state_->source, asset, std::nullopt));
  if (known.asset.albums != asset.albums) TRY(note_albums(connection, written, asset.albums));
  TRY(note_files(connection, known, written, asset, state_->now));
  return owe_everywhere(connection, written);
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
  // One bound below, the later of both: of two, SQLite would begin at the first and walk.
  const auto begin = std::max(std::string(prefix), std::string(key) + '\0');
  std::string end(prefix);
  ++end.back();
  TRY(state_->connection.each(
      "SELECT key, value FROM source_memory WHERE source = ? AND key >= ? AND key < ? "
      "ORDER BY key LIMIT ?",
      [&](const sqlite::Statement& row) { rows.emplace_back(bytes_in(row, 0), bytes_in(row, 1)); },
      state_->source,
      bytes_of(begin),
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
  return write_kept(state_->connection, state_->source, kept, state_->now);
}

}  // namespace keepsake::catalog
