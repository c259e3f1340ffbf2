// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite/failure.h"

#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"

#include <sqlite3.h>
#include <tl/expected.hpp>

#include <string>

namespace keepsake::sqlite {

namespace {

Cause cause_of(int code) {
  switch (code & 0xff) {  // the primary code; what stands above it are SQLite's finer kinds
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Cause::corrupt;
    case SQLITE_FULL:
      return Cause::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Cause::locked;
    case SQLITE_READONLY:
      return Cause::read_only;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Cause::denied;
    case SQLITE_TOOBIG:
      return Cause::unsupported;
    default:
      return Cause::internal;
  }
}

std::string file_of(sqlite3* database) {
  const char* const file = sqlite3_db_filename(database, "main");
  return file == nullptr ? std::string() : shown(file);
}

}  // namespace

tl::unexpected<Error> failed(sqlite3* database, int code) {
  // The connection remembers the words of its last call only; they are used when they fit the code.
  const bool remembered = sqlite3_extended_errcode(database) == code;
  const char* const words = remembered ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return fail(Error{cause_of(code), words, file_of(database), Scope::asset});
}

Result<> checked(sqlite3* database, int code) {
  if (code != SQLITE_OK) return failed(database, code);
  return {};
}

Result<> execute(sqlite3* database, std::string_view sql) {
  const std::string text(sql);
  return checked(database, sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr));
}

}  // namespace keepsake::sqlite
