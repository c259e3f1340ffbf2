// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite/database.h"

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <string>

using namespace keepsake;
using sqlite::Database;
using sqlite::Statement;

namespace {

Database with_table() {
  auto database = Database::in_memory().value();
  REQUIRE(database.run(
      "create table photo(id integer primary key, name text, sum blob, ratio real) strict"));
  return database;
}

}  // namespace

TEST_CASE("every kind of value comes back as it went in") {
  auto database = with_table();
  const std::array sum{std::byte{0}, std::byte{0xff}, std::byte{0}};
  const std::string name("a\0b \xc3\xa9", 6);
  auto insert = Statement::prepare(database, "insert into photo values(?, ?, ?, ?)").value();
  REQUIRE(insert.run(std::numeric_limits<std::int64_t>::min(), name, ByteView(sum), 0.1));

  auto select = Statement::prepare(database, "select id, name, sum, ratio from photo").value();
  REQUIRE(select.step().value());

  CHECK(select.integer(0) == std::numeric_limits<std::int64_t>::min());
  CHECK(select.text(1) == name);
  CHECK(std::ranges::equal(select.bytes(2), sum));
  CHECK(select.real(3) == 0.1);
  CHECK_FALSE(select.step().value());
}

TEST_CASE("an empty optional is NULL; an empty text or an empty run of bytes is not") {
  auto database = with_table();
  auto insert =
      Statement::prepare(database, "insert into photo(name, sum, ratio) values(?, ?, ?)").value();
  REQUIRE(insert.run(std::string_view(), ByteView(), std::optional<double>()));
  REQUIRE(insert.run(std::optional<std::string>(), std::nullopt, std::optional(2.5)));

  auto select = Statement::prepare(database, "select name, sum, ratio from photo").value();
  REQUIRE(select.step().value());
  CHECK_FALSE(select.is_null(0));
  CHECK_FALSE(select.is_null(1));
  CHECK(select.is_null(2));
  CHECK(select.text(0).empty());
  CHECK(select.bytes(1).empty());

  REQUIRE(select.step().value());
  CHECK(select.is_null(0));
  CHECK(select.is_null(1));
  CHECK(select.text(0).empty());
  CHECK(select.real(2) == 2.5);
}

TEST_CASE("bound values may vanish before the statement runs") {
  auto database = with_table();
  auto insert = Statement::prepare(database, "insert into photo(name) values(?)").value();
  {
    std::string name(100, 'x');
    REQUIRE(insert.bind(name));
    name.assign(100, 'y');
  }
  CHECK_FALSE(insert.step().value());

  auto select = Statement::prepare(database, "select name from photo").value();
  REQUIRE(select.step().value());
  CHECK(select.text(0) == std::string(100, 'x'));
}

TEST_CASE("a value of the wrong type is an error in a strict table") {
  auto database = with_table();
  auto insert = Statement::prepare(database, "insert into photo(ratio) values(?)").value();

  const auto refused = insert.run("not a number");

  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::internal);
  CHECK(refused.error().what == "cannot store TEXT value in REAL column photo.ratio");
}

TEST_CASE("a statement that failed can be run again") {
  auto database = with_table();
  auto insert = Statement::prepare(database, "insert into photo(id) values(?)").value();
  REQUIRE(insert.run(1));
  CHECK_FALSE(insert.run(1));

  CHECK(insert.run(2));

  CHECK(database.changes() == 1);
  CHECK(database.last_row_id() == 2);
}

TEST_CASE("a statement that is bound again begins at its first row") {
  auto database = with_table();
  REQUIRE(database.run("insert into photo(id) values(1), (2), (3)"));
  auto select = Statement::prepare(database, "select id from photo where id >= ?").value();
  REQUIRE(select.bind(1));
  REQUIRE(select.step().value());
  REQUIRE(select.step().value());

  REQUIRE(select.bind(3));

  REQUIRE(select.step().value());
  CHECK(select.integer(0) == 3);
  CHECK_FALSE(select.step().value());
}

TEST_CASE("SQL that is wrong is an error with SQLite's own words") {
  auto database = with_table();

  const auto refused = Statement::prepare(database, "select id from nowhere");

  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "no such table: nowhere");
}
