// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/offers.h"

#include "catalog/connection.h"

namespace keepsake::catalog {

namespace {

constexpr std::string_view select_known =
    "SELECT id, folder, path, size, checksum FROM offer WHERE size = ? AND was_read = 1 "
    "AND checksum = ? LIMIT 1";

constexpr std::string_view select_unread =
    "SELECT id, folder, path, size, checksum FROM offer WHERE size = ? AND was_read = 0 LIMIT 1";

Offer offer_in(const sqlite::Statement& row) {
  Offer offer;
  offer.row = row.integer(0);
  offer.folder = row.integer(1);
  offer.path = bytes_in(row, 2);
  offer.size = ByteCount{static_cast<std::uint64_t>(row.integer(3))};
  if (!row.is_null(4)) offer.checksum = AppleChecksum::from(row.bytes(4));
  return offer;
}

template <class... Values>
Result<std::optional<Offer>> first(Connection& connection,
                                   std::string_view sql,
                                   const Values&... values) {
  std::optional<Offer> offer;
  TRY(connection.each(
      sql, [&](const sqlite::Statement& row) { offer = offer_in(row); }, values...));
  return offer;
}

}  // namespace

Result<> begin_offers(Catalog& catalog) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  TRY(connection.database().run(
      "CREATE TEMP TABLE IF NOT EXISTS offer(id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, path "
      "BLOB NOT NULL, size INTEGER NOT NULL, was_read INTEGER NOT NULL DEFAULT 0, checksum BLOB, "
      "was_taken INTEGER NOT NULL DEFAULT 0);"
      "CREATE INDEX IF NOT EXISTS temp.offer_by_size ON offer(size, was_read, checksum)"));
  return connection.run("DELETE FROM offer");
}

Result<> note_offers(Catalog& catalog, std::span<const Offer> offers) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  auto transaction = TRY(sqlite::Transaction::begin(connection.database()));
  for (const Offer& offer : offers)
    TRY(connection.run("INSERT INTO offer(folder, path, size) VALUES(?, ?, ?)",
                       offer.folder,
                       bytes_of(offer.path),
                       offer.size.value));
  return transaction.commit();
}

Result<std::optional<Offer>> find_offer(Catalog& catalog,
                                        ByteCount size,
                                        const AppleChecksum& checksum) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  auto known = TRY(first(connection, select_known, size.value, ByteView(checksum.bytes)));
  if (known) return known;
  return first(connection, select_unread, size.value);
}

Result<> note_read(Catalog& catalog,
                   std::int64_t offer,
                   const std::optional<AppleChecksum>& checksum) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  return connection.run(
      "UPDATE offer SET was_read = 1, checksum = ? WHERE id = ?", stored(checksum), offer);
}

Result<> note_taken(Catalog& catalog, std::int64_t offer) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  return connection.run("UPDATE offer SET was_taken = 1 WHERE id = ?", offer);
}

Result<std::int64_t> offers_left(Catalog& catalog) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  const auto count = TRY(connection.number("SELECT count(*) FROM offer WHERE was_taken = 0"));
  return count.value_or(0);
}

}  // namespace keepsake::catalog
