// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/machine.h"
#include "photo/account.h"
#include "sqlite/database.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Private to the room: the one connection with its prepared statements, and how values lie in
/// rows.
namespace keepsake::catalog {

class Connection {
 public:
  Connection(sqlite::Database database, os::Clock& clock)
      : database_(std::move(database)), clock_(clock) {}

  /// Every public method of the catalog holds this while it runs.
  [[nodiscard]] std::unique_lock<std::recursive_mutex> lock() { return std::unique_lock(mutex_); }

  sqlite::Database& database() { return database_; }

  /// A statement prepared once. The pointer stays valid.
  Result<sqlite::Statement*> prepared(std::string_view sql);

  template <class... Values>
  Result<> run(std::string_view sql, const Values&... values) {
    sqlite::Statement* statement = TRY(prepared(sql));
    return statement->run(values...);
  }

  /// Calls back with each row. The callback must not run the same statement again.
  template <class Take, class... Values>
  Result<> each(std::string_view sql, Take&& take, const Values&... values) {
    sqlite::Statement* statement = TRY(prepared(sql));
    TRY(statement->bind(values...));
    for (;;) {
      const bool found = TRY(statement->step());
      if (!found) return {};
      take(std::as_const(*statement));
    }
  }

  /// The first column of the last row, as a number; nothing when there is no row or it is NULL.
  template <class... Values>
  Result<std::optional<std::int64_t>> number(std::string_view sql, const Values&... values) {
    std::optional<std::int64_t> value;
    const auto take = [&](const sqlite::Statement& row) {
      if (!row.is_null(0)) value = row.integer(0);
    };
    TRY(each(sql, take, values...));
    return value;
  }

  Instant now() { return clock_.now(); }

  /// What all statements together cost so far (sqlite::Statement).
  [[nodiscard]] std::int64_t instructions() const;

 private:
  /// Lets the texts that are kept be looked for without a copy.
  struct HashOfText {
    // NOLINTNEXTLINE(readability-identifier-naming): the standard's name
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::recursive_mutex mutex_;
  sqlite::Database database_;
  os::Clock& clock_;
  std::unordered_map<std::string, std::unique_ptr<sqlite::Statement>, HashOfText, std::equal_to<>>
      statements_;
};

std::int64_t stored(Instant time);
std::optional<std::int64_t> stored(const std::optional<Instant>& time);
std::optional<ByteView> stored(const std::optional<AppleChecksum>& checksum);
Instant instant_in(const sqlite::Statement& row, int column);
std::optional<Instant> maybe_instant_in(const sqlite::Statement& row, int column);
std::optional<std::string> maybe_text_in(const sqlite::Statement& row, int column);
std::string bytes_in(const sqlite::Statement& row, int column);

/// A list as JSON; nothing when it is empty.
std::optional<std::string> stored_list(const std::vector<std::string>& list);
std::vector<std::string> list_in(const sqlite::Statement& row, int column);

/// One album path as the JSON list of its parts.
std::string stored_album(const photo::AlbumPath& album);

/// Nothing lies at the path any more. A place in quarantine is given up, one of its own stays taken
/// for the file.
Result<> vacate(Connection& connection, std::int64_t destination, std::string_view path);

/// The whole account of an asset; nothing when there is none.
Result<std::optional<photo::Account>> load_account(Connection& connection, std::int64_t asset);

Result<std::vector<photo::Account>> load_accounts(Connection& connection,
                                                  const std::vector<std::int64_t>& assets);

/// The asset itself with its current renditions, as its source last reported it.
Result<std::optional<photo::Asset>> load_asset(Connection& connection, std::int64_t asset);

}  // namespace keepsake::catalog
