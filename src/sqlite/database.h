// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

/// A thin wrapper of SQLite: connections, statements, transactions, rows. The only room that
/// includes sqlite3.h. It knows no table.
namespace keepsake::sqlite {

enum class Access { read_write, read_only };

/// One connection, used by one thread at a time. Errors carry SQLite's own words and these causes:
/// corrupt, full, locked, read_only, denied, not_found (no such file, read only), internal.
class Database {
 public:
  /// Opens or makes a file in WAL mode with foreign keys on, synchronous=FULL (a commit is durable)
  /// and a page cache of 16 MiB; a new file is its owner's alone. Reading only: the file must exist
  /// and is never written to, though SQLite may keep its index of the log beside it.
  static Result<Database> open(const std::filesystem::path& file, Access access);

  static Result<Database> in_memory();

  /// Removes a file that nobody has open, if it is there, and what SQLite keeps beside it. What
  /// cannot be removed stays.
  static void remove(const std::filesystem::path& file);

  /// Only what SQLite keeps beside it: it would be read into whatever takes the file's name.
  static void remove_log(const std::filesystem::path& file);

  /// From now on as for a database that strangers made: no row or value larger than this is read
  /// (cause unsupported), nothing in its schema runs, and its pages are not trusted.
  Result<> distrust(ByteCount largest_value);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs statements that return nothing, separated by semicolons.
  Result<> run(std::string_view sql);

  /// `pragma user_version`: the schema's version.
  Result<int> version();
  Result<> set_version(int version);

  /// Rows changed by the last statement.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] std::int64_t last_row_id() const;

  /// SQLite's own `quick_check`: nothing when all is well, else its first complaint.
  Result<std::optional<std::string>> damage();

 private:
  friend class Statement;
  friend class Transaction;
  friend class View;

  struct Close {
    void operator()(sqlite3* database) const;
  };

  explicit Database(sqlite3* database) : database_(database) {}

  static Result<Database> open_to_write(const std::filesystem::path& file);
  static Result<Database> open_to_read(const std::filesystem::path& file);
  Result<std::optional<std::string>> first_complaint();

  std::unique_ptr<sqlite3, Close> database_;
};

/// What can be bound: integers, doubles, text, bytes, nothing (an empty optional binds NULL).
class Statement {
 public:
  static Result<Statement> prepare(Database& database, std::string_view sql);

  /// Binds all parameters in order and begins anew. The values are copied.
  template <class... Values>
  Result<> bind(const Values&... values) {
    begin_anew(static_cast<int>(sizeof...(values)));
    Result<> bound;
    if constexpr (sizeof...(values) > 0) {
      int index = 0;
      static_cast<void>(((bound = bind_one(++index, values), bound.has_value()) && ...));
    }
    return bound;
  }

  /// Binds, runs to the end, forgets any row.
  template <class... Values>
  Result<> run(const Values&... values) {
    TRY(bind(values...));
    return run_to_end();
  }

  /// The next row; false after the last. A statement left before its last row holds its view of
  /// the database open until it is bound again or destroyed.
  Result<bool> step();

  /// Columns of the current row, from 0. Text and bytes are views that end with the next step.
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] ByteView bytes(int column) const;

  /// What SQLite carried out for it so far: its cost, in a measure that is the same everywhere.
  [[nodiscard]] std::int64_t instructions() const;

 private:
  void begin_anew(int values);
  Result<> run_to_end();
  Result<> checked_bind(int code);
  Result<> bind_integer(int index, std::int64_t value);
  Result<> bind_one(int index, double value);
  Result<> bind_one(int index, std::string_view value);
  Result<> bind_one(int index, ByteView value);
  Result<> bind_one(int index, std::nullopt_t);

  Result<> bind_one(int index, std::integral auto value) {
    return bind_integer(index, static_cast<std::int64_t>(value));
  }

  template <class Value>
  Result<> bind_one(int index, const std::optional<Value>& value) {
    return value ? bind_one(index, *value) : bind_one(index, std::nullopt);
  }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  using Handle = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit Statement(Handle statement) : statement_(std::move(statement)) {}

  Handle statement_;
};

/// Leaving the scope without `commit` rolls back. It must not outlive its connection.
class Transaction {
 public:
  /// Takes the write lock at once. Causes: locked.
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<> commit();

 private:
  explicit Transaction(sqlite3* connection) : connection_(connection) {}

  sqlite3* connection_;  ///< null once committed or moved away
};

/// One unchanging state of the database for all that is read until it ends: and the statements do
/// not each ask the system for the file's lock, which costs more than reading a row. Within a
/// transaction it is that one's. It must not outlive its connection.
class View {
 public:
  static Result<View> begin(Database& database);
  View(View&& other) noexcept;
  View& operator=(View&&) = delete;
  ~View();

 private:
  explicit View(sqlite3* connection) : connection_(connection) {}

  sqlite3* connection_;  ///< null where a transaction was open already, or once moved away
};

}  // namespace keepsake::sqlite
