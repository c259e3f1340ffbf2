// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/result.h"
#include "sqlite/database.h"
#include "sqlite/failure.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keepsake::sqlite {

namespace {

/// SQLite takes a null pointer for NULL, but an empty view is an empty value.
template <class View>
const void* data_of(View view) {
  return view.data() == nullptr ? static_cast<const void*>("") : view.data();
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Statement> Statement::prepare(Database& database, std::string_view sql) {
  sqlite3* const connection = database.database_.get();
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  TRY(checked(connection,
              sqlite3_prepare_v3(connection,
                                 sql.data(),
                                 static_cast<int>(sql.size()),
                                 SQLITE_PREPARE_PERSISTENT,
                                 &statement,
                                 &rest)));
  Statement prepared{Handle(statement)};
  const auto left_over = sql.substr(static_cast<std::size_t>(rest - sql.data()));
  expect(statement != nullptr && left_over.find_first_not_of(" \n;") == std::string_view::npos,
         "prepared SQL is exactly one statement");
  return prepared;
}

void Statement::begin_anew(int values) {
  // Returns the last run's error once more, which whoever ran it has already heard.
  static_cast<void>(sqlite3_reset(statement_.get()));
  expect(values == sqlite3_bind_parameter_count(statement_.get()),
         "every parameter of a statement is bound");
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failed(sqlite3_db_handle(statement_.get()), code);
}

Result<> Statement::run_to_end() {
  for (bool more = true; more;) more = TRY(step());
  static_cast<void>(sqlite3_reset(statement_.get()));
  return {};
}

Result<> Statement::checked_bind(int code) {
  return checked(sqlite3_db_handle(statement_.get()), code);
}

Result<> Statement::bind_integer(int index, std::int64_t value) {
  return checked_bind(sqlite3_bind_int64(statement_.get(), index, value));
}

Result<> Statement::bind_one(int index, double value) {
  return checked_bind(sqlite3_bind_double(statement_.get(), index, value));
}

Result<> Statement::bind_one(int index, std::string_view value) {
  return checked_bind(sqlite3_bind_text64(statement_.get(),
                                          index,
                                          static_cast<const char*>(data_of(value)),
                                          value.size(),
                                          SQLITE_TRANSIENT,
                                          SQLITE_UTF8));
}

Result<> Statement::bind_one(int index, ByteView value) {
  return checked_bind(
      sqlite3_bind_blob64(statement_.get(), index, data_of(value), value.size(), SQLITE_TRANSIENT));
}

Result<> Statement::bind_one(int index, std::nullopt_t) {
  return checked_bind(sqlite3_bind_null(statement_.get(), index));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  // The text must be asked for before its length: asking may convert the value.
  const auto* const data = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(data), size};
}

ByteView Statement::bytes(int column) const {
  const auto* const data = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {static_cast<const std::byte*>(data), size};
}

std::int64_t Statement::instructions() const {
  return sqlite3_stmt_status(statement_.get(), SQLITE_STMTSTATUS_VM_STEP, 0);
}

}  // namespace keepsake::sqlite
