// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/connection.h"

#include "base/text.h"
#include "photo/quarantine.h"

#include <nlohmann/json.hpp>

namespace keepsake::catalog {

using nlohmann::json;

Result<sqlite::Statement*> Connection::prepared(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    auto statement = TRY(sqlite::Statement::prepare(database_, sql));
    found =
        statements_.emplace(sql, std::make_unique<sqlite::Statement>(std::move(statement))).first;
  }
  return found->second.get();
}

std::int64_t Connection::instructions() const {
  std::int64_t sum = 0;
  for (const auto& [sql, statement] : statements_) sum += statement->instructions();
  return sum;
}

std::int64_t stored(Instant time) { return time.time_since_epoch().count(); }

std::optional<std::int64_t> stored(const std::optional<Instant>& time) {
  return time ? std::optional(stored(*time)) : std::nullopt;
}

std::optional<ByteView> stored(const std::optional<AppleChecksum>& checksum) {
  return checksum ? std::optional(ByteView(checksum->bytes)) : std::nullopt;
}

Instant instant_in(const sqlite::Statement& row, int column) {
  return Instant(std::chrono::milliseconds(row.integer(column)));
}

std::optional<Instant> maybe_instant_in(const sqlite::Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(instant_in(row, column));
}

std::optional<std::string> maybe_text_in(const sqlite::Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(std::string(row.text(column)));
}

std::string bytes_in(const sqlite::Statement& row, int column) {
  return std::string(text_of(row.bytes(column)));
}

// Bytes that are not UTF-8 (only aliases can be) are written as their visible form.
std::optional<std::string> stored_list(const std::vector<std::string>& list) {
  if (list.empty()) return std::nullopt;
  json array = json::array();
  for (const std::string& entry : list) array.push_back(shown(entry));
  return array.dump();
}

std::vector<std::string> list_in(const sqlite::Statement& row, int column) {
  std::vector<std::string> list;
  if (row.is_null(column)) return list;
  const auto array = json::parse(row.text(column), nullptr, false);
  if (!array.is_array()) return list;
  for (const json& entry : array)
    if (entry.is_string()) list.push_back(unshown(entry.get<std::string>()));
  return list;
}

std::string stored_album(const photo::AlbumPath& album) {
  return json(album.parts).dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<> vacate(Connection& connection, std::int64_t destination, std::string_view path) {
  if (photo::is_in_quarantine(path))
    return connection.run("DELETE FROM path WHERE destination = ? AND path = ?", destination, path);
  return connection.run(
      "UPDATE path SET version = NULL, stored_at = NULL, verified_at = NULL, damaged = 0, "
      "asked_back_at = NULL WHERE destination = ? AND path = ?",
      destination,
      path);
}

}  // namespace keepsake::catalog
