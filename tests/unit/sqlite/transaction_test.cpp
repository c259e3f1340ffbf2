// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite/database.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <utility>

using namespace keepsake;
using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;
using sqlite::View;

namespace {

struct Fixture {
  tests::TempFolder folder;
  Database database = Database::open(folder / "catalog.db", Access::read_write).value();

  Fixture() { REQUIRE(database.run("create table photo(id integer primary key) strict")); }

  Result<> insert(int id) { return database.run(fmt::format("insert into photo values({})", id)); }

  static std::int64_t count(Database& database) {
    auto ask = Statement::prepare(database, "select count(*) from photo").value();
    CHECK(ask.step().value());
    return ask.integer(0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what was committed is there for others") {
  auto transaction = Transaction::begin(database).value();
  REQUIRE(insert(1));
  REQUIRE(insert(2));
  REQUIRE(transaction.commit());

  auto other = Database::open(folder / "catalog.db", Access::read_only).value();
  CHECK(count(other) == 2);
}

TEST_CASE_FIXTURE(Fixture, "leaving the scope without a commit takes everything back") {
  {
    auto transaction = Transaction::begin(database).value();
    REQUIRE(insert(1));
    auto moved = std::move(transaction);
    CHECK(count(database) == 1);
  }

  CHECK(count(database) == 0);
  CHECK(Transaction::begin(database));
}

TEST_CASE_FIXTURE(Fixture, "a statement that fails does not end the transaction around it") {
  auto transaction = Transaction::begin(database).value();
  REQUIRE(insert(1));
  CHECK_FALSE(insert(1));
  REQUIRE(insert(2));
  REQUIRE(transaction.commit());

  CHECK(count(database) == 2);
}

TEST_CASE_FIXTURE(Fixture, "a second writer is told at once that the database is locked") {
  auto second = Database::open(folder / "catalog.db", Access::read_write).value();
  const auto first_writes = Transaction::begin(database).value();

  const auto refused = Transaction::begin(second);

  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::locked);
  CHECK(refused.error().where == (folder / "catalog.db").string());
}

TEST_CASE_FIXTURE(Fixture, "a reader sees the last commit while a writer writes") {
  REQUIRE(insert(1));
  auto reader = Database::open(folder / "catalog.db", Access::read_only).value();

  auto transaction = Transaction::begin(database).value();
  REQUIRE(insert(2));
  CHECK(count(reader) == 1);
  REQUIRE(transaction.commit());

  CHECK(count(reader) == 2);
}

TEST_CASE_FIXTURE(Fixture, "in a view nothing changes, whatever others commit") {
  REQUIRE(insert(1));
  auto reader = Database::open(folder / "catalog.db", Access::read_only).value();
  {
    const auto view = View::begin(reader).value();
    REQUIRE(count(reader) == 1);
    REQUIRE(insert(2));

    CHECK(count(reader) == 1);
  }

  CHECK(count(reader) == 2);
}

TEST_CASE_FIXTURE(Fixture, "a view within a transaction ends nothing of it") {
  auto transaction = Transaction::begin(database).value();
  REQUIRE(insert(1));
  {
    const auto view = View::begin(database).value();
    CHECK(count(database) == 1);
  }
  REQUIRE(insert(2));
  REQUIRE(transaction.commit());

  CHECK(count(database) == 2);
}
