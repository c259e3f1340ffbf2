// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite/database.h"

#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "sqlite/failure.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace keepsake::sqlite {

namespace {

namespace fs = std::filesystem;

// The cache is counted in KiB. The system keeps the file's pages too: four times as much of our own
// made no run over 100,000 photos faster.
constexpr std::string_view reader_settings = "pragma cache_size=-4096";

constexpr std::string_view writer_settings =
    "pragma cache_size=-4096;"
    "pragma journal_mode=wal;"
    "pragma synchronous=full;"
    "pragma foreign_keys=on";

/// A connection, and whether it may be used: one that could not be opened is still there to be
/// asked why.
struct Opened {
  sqlite3* connection = nullptr;
  int code = SQLITE_OK;
};

Opened connect(const std::string& name, int flags) {
  Opened opened;
  opened.code = sqlite3_open_v2(name.c_str(),
                                &opened.connection,
                                flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                nullptr);
  expect(opened.connection != nullptr, "there is memory for a connection");
  sqlite3_busy_timeout(opened.connection, reader_patience_milliseconds);
  return opened;
}

/// SQLite's name for a file that nobody is going to write to.
std::string immutable_name(const fs::path& file) {
  std::string name = "file:";
  for (const char letter : file.string())
    if (letter == '%' || letter == '?' || letter == '#')
      name += fmt::format("%{:02x}", static_cast<unsigned>(letter));
    else
      name += letter;
  return name + "?immutable=1";
}

/// Whether there are commits that only the log beside the file has.
bool has_log(fs::path file) {
  std::error_code error;
  const auto size = fs::file_size(file += "-wal", error);
  return !error && size > 0;
}

bool is_refused(const Result<int>& look) {
  return !look && (look.error().cause == Cause::denied || look.error().cause == Cause::read_only);
}

bool is_missing(const fs::path& file) {
  std::error_code error;
  return !fs::exists(file, error) && !error;
}

/// Its log and index get the same permissions from SQLite.
Result<> make_private(const fs::path& file) {
  std::error_code error;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
  if (error) return fail(Error{Cause::denied, error.message(), shown(file.string()), Scope::asset});
  return {};
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const fs::path& file, Access access) {
  // An absolute name is never one of SQLite's special ones, such as ":memory:".
  std::error_code error;
  const auto place = fs::absolute(file, error);
  if (error)
    return fail(Error{Cause::not_found, error.message(), shown(file.string()), Scope::asset});
  return access == Access::read_only ? open_to_read(place) : open_to_write(place);
}

Result<Database> Database::open_to_write(const fs::path& file) {
  // SQLite cannot tell a missing folder from a closed one.
  if (is_missing(file.parent_path()))
    return fail(
        Error{Cause::not_found, "there is no such folder", shown(file.string()), Scope::asset});
  const bool is_new = is_missing(file);
  const auto opened = connect(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  Database database(opened.connection);
  TRY(checked(opened.connection, opened.code));
  // SQLite opens what it may not write to for reading, without a word.
  if (sqlite3_db_readonly(opened.connection, "main") == 1)
    return failed(opened.connection, SQLITE_READONLY);
  if (is_new) TRY(make_private(file));
  TRY(database.run(writer_settings));
  return database;
}

Result<Database> Database::open_to_read(const fs::path& file) {
  if (is_missing(file))
    return fail(
        Error{Cause::not_found, "there is no database", shown(file.string()), Scope::asset});
  const auto opened = connect(file.string(), SQLITE_OPEN_READONLY);
  Database database(opened.connection);
  TRY(checked(opened.connection, opened.code));
  auto first_look = database.version();
  if (is_refused(first_look) && !has_log(file)) {
    // Where no file can be made, as on a read-only drive, SQLite cannot make the index that readers
    // and writers share. Without a log nothing is in flight, and the file alone is the database.
    database =
        Database(connect(immutable_name(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI).connection);
    first_look = database.version();
  }
  TRY(first_look);
  TRY(database.run(reader_settings));
  return database;
}

Result<Database> Database::in_memory() {
  const auto opened = connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  Database database(opened.connection);
  TRY(checked(opened.connection, opened.code));
  TRY(database.run("pragma foreign_keys=on"));
  return database;
}

void Database::remove(const fs::path& file) {
  std::error_code ignored;
  remove_log(file);
  fs::remove(file, ignored);
}

void Database::remove_log(const fs::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(file.string() + suffix, ignored);
}

Result<> Database::distrust(ByteCount largest_value) {
  sqlite3_limit(database_.get(),
                SQLITE_LIMIT_LENGTH,
                static_cast<int>(std::min<std::uint64_t>(largest_value.value, 1U << 30U)));
  return run("pragma trusted_schema=off; pragma cell_size_check=on");
}

Result<> Database::run(std::string_view sql) { return execute(database_.get(), sql); }

Result<int> Database::version() {
  auto ask = TRY(Statement::prepare(*this, "pragma user_version"));
  TRY(ask.step());
  return static_cast<int>(ask.integer(0));
}

Result<> Database::set_version(int version) {
  return run(fmt::format("pragma user_version={}", version));
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(database_.get()); }

Result<std::optional<std::string>> Database::damage() {
  auto complaint = first_complaint();
  if (!complaint && complaint.error().cause == Cause::corrupt) return complaint.error().what;
  return complaint;
}

Result<std::optional<std::string>> Database::first_complaint() {
  auto check = TRY(Statement::prepare(*this, "pragma quick_check(1)"));
  TRY(check.step());
  if (check.text(0) == "ok") return std::nullopt;
  return std::string(check.text(0));
}

}  // namespace keepsake::sqlite
