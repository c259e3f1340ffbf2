// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/connection.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace keepsake::catalog {

namespace {

using nlohmann::json;

constexpr std::size_t shortest_digest_prefix = 6;
constexpr std::size_t digest_digits = 64;

std::optional<photo::Taken> taken_in(const sqlite::Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  const auto time = parse_rfc3339(row.text(column));
  const auto from = photo::taken_from_named(row.text(column + 2));
  if (!time || !from) return std::nullopt;
  photo::Taken taken{*time, *from};
  if (row.text(column + 1) == "assumed") taken.time.zone = ZoneKnown::assumed;
  return taken;
}

std::vector<photo::AlbumPath> albums_in(const sqlite::Statement& row, int column) {
  std::vector<photo::AlbumPath> albums;
  if (row.is_null(column)) return albums;
  const auto array = json::parse(row.text(column), nullptr, false);
  if (!array.is_array()) return albums;
  for (const json& parts : array) {
    photo::AlbumPath album;
    for (const json& part : parts)
      if (part.is_string()) album.parts.push_back(part.get<std::string>());
    albums.push_back(std::move(album));
  }
  return albums;
}

void read_asset(const sqlite::Statement& row, photo::Account& account) {
  photo::Asset& it = account.asset;
  it.key.source = Id128::from(row.bytes(0)).value_or(Id128{});
  it.key.library = bytes_in(row, 1);
  it.key.id = bytes_in(row, 2);
  it.name = bytes_in(row, 3);
  it.kind = photo::kind_named(row.text(4)).value_or(photo::Kind::photo);
  it.taken = taken_in(row, 5);
  if (!row.is_null(8)) it.place = photo::Place{row.real(8), row.real(9)};
  it.camera = maybe_text_in(row, 10);
  it.burst = maybe_text_in(row, 11);
  it.labels.title = maybe_text_in(row, 12);
  it.labels.caption = maybe_text_in(row, 13);
  if (!row.is_null(14)) it.labels.rating = static_cast<int>(row.integer(14));
  it.labels.keywords = list_in(row, 15);
  it.labels.people = list_in(row, 16);
  it.albums = albums_in(row, 17);
  it.aliases = list_in(row, 18);
  it.warnings = list_in(row, 19);
  it.favorite = row.integer(20) != 0;
  it.hidden = row.integer(21) != 0;
  it.trashed = row.integer(22) != 0;
  it.shelf = photo::shelf_named(row.text(23)).value_or(photo::Shelf::visible);
  account.gone_at = maybe_instant_in(row, 24);
  account.source_name = row.text(25);
  it.record = maybe_text_in(row, 26);
  if (!row.is_null(28))
    account.moved_from = photo::AssetKey{it.key.source, bytes_in(row, 27), bytes_in(row, 28)};
}

/// Leaves the account's row at 0 when there is no such asset.
Result<> load_row(Connection& connection, std::int64_t asset, photo::Account& account) {
  const auto take = [&](const sqlite::Statement& row) {
    account.row = asset;
    read_asset(row, account);
  };
  return connection.each(
      "SELECT s.uid, a.library, a.source_id, a.name, a.kind, a.taken, a.taken_zone, a.taken_from, "
      "a.latitude, a.longitude, a.camera, a.burst, a.title, a.caption, a.rating, a.keywords, "
      "a.people, a.albums, a.aliases, a.warnings, a.favorite, a.hidden, a.trashed, a.shelf, "
      "a.gone_at, s.name, a.record, a.moved_from_library, a.moved_from_id FROM asset a "
      "JOIN source s ON s.id = a.source WHERE a.id = ?",
      take,
      asset);
}

photo::Version version_in(const sqlite::Statement& row, int column) {
  photo::Version version;
  version.row = row.integer(column);
  version.seq = static_cast<int>(row.integer(column + 1));
  version.source_version = row.text(column + 2);
  version.apple_checksum = AppleChecksum::from(row.bytes(column + 3));
  version.size = ByteCount{static_cast<std::uint64_t>(row.integer(column + 4))};
  version.modified = maybe_instant_in(row, column + 5);
  version.first_seen = instant_in(row, column + 6);
  version.superseded_at = maybe_instant_in(row, column + 7);
  if (!row.is_null(column + 8)) version.unavailable = cause_named(row.text(column + 8));
  version.claimed_checksum = AppleChecksum::from(row.bytes(column + 9));
  if (const auto digest = Digest::from(row.bytes(column + 10)))
    version.content =
        photo::Content{*digest, ByteCount{static_cast<std::uint64_t>(row.integer(column + 11))}};
  return version;
}

Result<> load_files(Connection& connection, photo::Account& account) {
  const auto take = [&](const sqlite::Statement& row) {
    if (account.files.empty() || account.files.back().row != row.integer(0)) {
      photo::History file;
      file.row = row.integer(0);
      file.role = photo::role_named(row.text(1)).value_or(photo::Role::original);
      file.key = bytes_in(row, 2);
      file.name = bytes_in(row, 3);
      file.present = row.integer(4) != 0;
      account.files.push_back(std::move(file));
    }
    account.files.back().versions.push_back(version_in(row, 5));
  };
  TRY(connection.each(
      "SELECT r.id, r.role, r.key, r.name, r.present, v.id, v.seq, v.source_version, "
      "v.apple_checksum, v.size, v.modified, v.first_seen, v.superseded_at, v.unavailable, "
      "v.claimed_checksum, c.sha256, c.size FROM rendition r JOIN version v ON v.rendition = r.id "
      "LEFT JOIN content c ON c.id = v.content WHERE r.asset = ? ORDER BY r.id, v.seq",
      take,
      account.row));
  // The same order whatever way the ledger came to know them.
  std::sort(account.files.begin(), account.files.end(), [](const auto& left, const auto& right) {
    return std::tie(left.role, left.key) < std::tie(right.role, right.key);
  });
  for (const photo::History& file : account.files) {
    const photo::Version* version = file.current();
    if (version == nullptr) continue;
    account.asset.renditions.push_back({file.role,
                                        file.key,
                                        file.name,
                                        version->size,
                                        version->source_version,
                                        version->claimed_checksum,
                                        version->modified,
                                        version->unavailable});
  }
  return {};
}

photo::Standing& standing_in(photo::Account& account, std::int64_t destination) {
  if (photo::Standing* standing = account.in(destination)) return *standing;
  account.standings.push_back({destination, std::nullopt, std::nullopt, {}, {}});
  return account.standings.back();
}

Result<> load_names(Connection& connection, photo::Account& account) {
  const auto take = [&](const sqlite::Statement& row) {
    photo::Standing& standing = standing_in(account, row.integer(0));
    standing.naming =
        photo::Naming{std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3))};
    standing.described = Digest::from(row.bytes(4));
  };
  return connection.each(
      "SELECT destination, folder, stem, month, described FROM naming WHERE asset = ?",
      take,
      account.row);
}

Result<> load_paths(Connection& connection, photo::Account& account, std::int64_t rendition) {
  const auto take = [&](const sqlite::Statement& row) {
    photo::KeptFile kept;
    kept.rendition = rendition;
    if (!row.is_null(1)) kept.version = row.integer(1);
    kept.path = row.text(2);
    kept.damaged = row.integer(3) != 0;
    kept.stored_at = maybe_instant_in(row, 4);
    kept.verified_at = maybe_instant_in(row, 5);
    kept.file_time = instant_in(row, 6);
    kept.quarantined_at = maybe_instant_in(row, 7);
    kept.asked_back_at = maybe_instant_in(row, 8);
    standing_in(account, row.integer(0)).files.push_back(std::move(kept));
  };
  return connection.each(
      "SELECT destination, version, path, damaged, stored_at, verified_at, file_time, "
      "quarantined_at, asked_back_at FROM path "
      "WHERE rendition = ? ORDER BY destination, path",
      take,
      rendition);
}

photo::Shortfall::State state_named(std::string_view name) {
  if (name == "failed") return photo::Shortfall::State::failed;
  return name == "pending" ? photo::Shortfall::State::pending : photo::Shortfall::State::excluded;
}

Result<> load_outcomes(Connection& connection, photo::Account& account, std::int64_t version) {
  const auto take = [&](const sqlite::Statement& row) {
    photo::Shortfall shortfall;
    shortfall.version = version;
    shortfall.state = state_named(row.text(1));
    shortfall.cause = cause_named(row.text(2)).value_or(Cause::internal);
    shortfall.message = row.text(3);
    shortfall.attempts = static_cast<int>(row.integer(4));
    standing_in(account, row.integer(0)).shortfalls.push_back(std::move(shortfall));
  };
  return connection.each(
      "SELECT destination, state, cause, message, attempts FROM outcome WHERE version = ?",
      take,
      version);
}

Result<> load_standings(Connection& connection, photo::Account& account) {
  TRY(load_names(connection, account));
  for (const photo::History& file : account.files) {
    TRY(load_paths(connection, account, file.row));
    for (const photo::Version& version : file.versions)
      TRY(load_outcomes(connection, account, version.row));
  }
  return {};
}

}  // namespace

Result<std::optional<photo::Account>> load_account(Connection& connection, std::int64_t asset) {
  photo::Account account;
  TRY(load_row(connection, asset, account));
  if (account.row == 0) return std::nullopt;
  TRY(load_files(connection, account));
  TRY(load_standings(connection, account));
  return account;
}

Result<std::vector<photo::Account>> load_accounts(Connection& connection,
                                                  const std::vector<std::int64_t>& assets) {
  std::vector<photo::Account> accounts;
  for (const std::int64_t asset : assets) {
    auto account = TRY(load_account(connection, asset));
    if (account) accounts.push_back(*std::move(account));
  }
  return accounts;
}

Result<std::optional<photo::Asset>> load_asset(Connection& connection, std::int64_t asset) {
  photo::Account account;
  TRY(load_row(connection, asset, account));
  if (account.row == 0) return std::nullopt;
  TRY(load_files(connection, account));
  return std::move(account.asset);
}

Result<std::optional<photo::Account>> Catalog::account(std::int64_t asset) {
  const auto lock = connection_->lock();
  const auto view = TRY(sqlite::View::begin(connection_->database()));
  return load_account(*connection_, asset);
}

Result<std::vector<photo::Account>> Catalog::accounts_after(std::int64_t asset, std::size_t most) {
  const auto lock = connection_->lock();
  const auto view = TRY(sqlite::View::begin(connection_->database()));
  std::vector<std::int64_t> rows;
  const auto take = [&](const sqlite::Statement& row) { rows.push_back(row.integer(0)); };
  if (asset == 0) {
    TRY(connection_->each(
        "SELECT id FROM asset ORDER BY source, library, source_id LIMIT ?", take, most));
  } else {
    TRY(
        connection_->each("SELECT id FROM asset WHERE (source, library, source_id) > "
                          "(SELECT source, library, source_id FROM asset WHERE id = ?) "
                          "ORDER BY source, library, source_id LIMIT ?",
                          take,
                          asset,
                          most));
  }
  return load_accounts(*connection_, rows);
}

Result<std::vector<std::int64_t>> Catalog::assets_called(std::string_view text) {
  const auto lock = connection_->lock();
  const std::string bytes = unshown(text);
  std::vector<std::int64_t> rows;
  const auto take = [&](const sqlite::Statement& row) { rows.push_back(row.integer(0)); };
  TRY(connection_->each(
      "SELECT id FROM asset WHERE source_id = ?1 OR name = ?1 "
      "UNION SELECT id FROM asset WHERE moved_from_id = ?1 "
      "UNION SELECT asset FROM rendition WHERE key = ?1 OR name = ?1 "
      "UNION SELECT r.asset FROM destination d CROSS JOIN path p "
      "ON p.destination = d.id AND p.path = ?2 CROSS JOIN rendition r ON r.id = p.rendition "
      "UNION SELECT asset.id FROM asset INDEXED BY asset_with_aliases, json_each(asset.aliases) "
      "alias WHERE asset.aliases IS NOT NULL AND alias.value = ?2",
      take,
      bytes_of(bytes),
      text));
  if (!rows.empty() || text.size() < shortest_digest_prefix || text.size() > digest_digits)
    return rows;
  const auto missing = digest_digits - text.size();
  const auto first = from_hex(std::string(text) + std::string(missing, '0'));
  const auto last = from_hex(std::string(text) + std::string(missing, 'f'));
  if (!first || !last) return rows;
  TRY(
      connection_->each("SELECT DISTINCT r.asset FROM content c JOIN version v ON v.content = c.id "
                        "JOIN rendition r ON r.id = v.rendition WHERE c.sha256 BETWEEN ? AND ?",
                        take,
                        ByteView(*first),
                        ByteView(*last)));
  return rows;
}

}  // namespace keepsake::catalog
