// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"
#include "sqlite/database.h"
#include "sqlite/failure.h"

#include <sqlite3.h>

#include <utility>

namespace keepsake::sqlite {

Result<Transaction> Transaction::begin(Database& database) {
  sqlite3* const connection = database.database_.get();
  sqlite3_busy_timeout(connection, 0);
  const auto begun = execute(connection, "begin immediate");
  sqlite3_busy_timeout(connection, reader_patience_milliseconds);
  if (!begun) return fail(begun.error());
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  // A full disk or a failing one makes SQLite roll back by itself: then there is nothing left open.
  if (connection_ == nullptr || sqlite3_get_autocommit(connection_) != 0) return;
  // A rollback that fails leaves the transaction in the log without its end, where the next
  // connection ignores it: there is nobody to tell and nothing to do.
  static_cast<void>(execute(connection_, "rollback"));
}

Result<> Transaction::commit() {
  TRY(execute(connection_, "commit"));
  connection_ = nullptr;
  return {};
}

Result<View> View::begin(Database& database) {
  sqlite3* const connection = database.database_.get();
  if (sqlite3_get_autocommit(connection) == 0) return View(nullptr);
  TRY(execute(connection, "begin"));
  return View(connection);
}

View::View(View&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}

View::~View() {
  if (connection_ == nullptr || sqlite3_get_autocommit(connection_) != 0) return;
  // Nothing of the file was changed in it, so there is nothing that could fail to be written.
  static_cast<void>(execute(connection_, "commit"));
}

}  // namespace keepsake::sqlite
