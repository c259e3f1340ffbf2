// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite/database.h"

#include "tests/support/temp_folder.h"
#include "tests/support/without_root.h"

#include <doctest/doctest.h>

using namespace keepsake;
using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

std::string setting(Database& database, std::string_view name) {
  auto ask = Statement::prepare(database, fmt::format("pragma {}", name)).value();
  CHECK(ask.step().value());
  return std::string(ask.text(0));
}

void fill(const fs::path& file) {
  auto database = Database::open(file, Access::read_write).value();
  REQUIRE(database.run("create table photo(id integer primary key, name text) strict"));
  REQUIRE(database.run("create index by_name on photo(name)"));
  REQUIRE(
      database.run("with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
                   "insert into photo select i, 'IMG_' || i from n"));
}

Cause cause_of_opening(const fs::path& file, Access access) {
  const auto opened = Database::open(file, access);
  REQUIRE_FALSE(opened);
  return opened.error().cause;
}

}  // namespace

TEST_CASE("a database is durable, checked and its owner's alone") {
  const TempFolder folder;

  auto database = Database::open(folder / "catalog.db", Access::read_write).value();
  REQUIRE(database.run("create table photo(id integer)"));

  CHECK(setting(database, "journal_mode") == "wal");
  CHECK(setting(database, "synchronous") == "2");
  CHECK(setting(database, "foreign_keys") == "1");
  CHECK(setting(database, "cache_size") == "-4096");
  for (const char* name : {"catalog.db", "catalog.db-wal", "catalog.db-shm"}) {
    CAPTURE(name);
    CHECK(fs::status(folder / name).permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write));
  }
}

TEST_CASE("a reference to a row that is not there is refused") {
  auto database = Database::in_memory().value();
  REQUIRE(database.run("create table album(id integer primary key)"));
  REQUIRE(database.run("create table photo(album integer references album)"));

  CHECK_FALSE(database.run("insert into photo values(1)"));
}

TEST_CASE("the schema's version is 0 until it is set, and stays") {
  const TempFolder folder;
  {
    auto database = Database::open(folder / "catalog.db", Access::read_write).value();
    CHECK(database.version().value() == 0);
    REQUIRE(database.set_version(7));
  }

  auto database = Database::open(folder / "catalog.db", Access::read_only).value();
  CHECK(database.version().value() == 7);
}

TEST_CASE("reading never makes a database, and never changes one") {
  const TempFolder folder;
  CHECK(cause_of_opening(folder / "catalog.db", Access::read_only) == Cause::not_found);
  CHECK_FALSE(folder.has("catalog.db"));
  fill(folder / "catalog.db");

  auto database = Database::open(folder / "catalog.db", Access::read_only).value();

  const auto refused = database.run("delete from photo");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::read_only);
}

TEST_CASE("a database that is open to a writer can be read, its log included") {
  const TempFolder folder;
  auto writer = Database::open(folder / "catalog.db", Access::read_write).value();
  REQUIRE(writer.run("create table photo(id integer); insert into photo values(42)"));

  auto reader = Database::open(folder / "catalog.db", Access::read_only).value();

  auto ask = Statement::prepare(reader, "select id from photo").value();
  REQUIRE(ask.step().value());
  CHECK(ask.integer(0) == 42);
}

TEST_CASE("a database is read where nothing can be written, as on a read-only drive") {
  const TempFolder folder;
  fill(folder / "catalog.db");
  fs::permissions(folder / "catalog.db", fs::perms(0444));
  fs::permissions(folder.path(), fs::perms(0555));
  {
    const tests::WithoutRoot as_anyone;
    auto reader = Database::open(folder / "catalog.db", Access::read_only).value();
    CHECK(reader.damage().value() == std::nullopt);
    CHECK(cause_of_opening(folder / "catalog.db", Access::read_write) == Cause::read_only);
    CHECK(cause_of_opening(folder / "new.db", Access::read_write) == Cause::denied);
  }
  fs::permissions(folder.path(), fs::perms(0755));
}

TEST_CASE("a database that may not be read is denied, not missing") {
  const TempFolder folder;
  fill(folder / "catalog.db");
  fs::permissions(folder / "catalog.db", fs::perms(0));
  const tests::WithoutRoot as_anyone;

  CHECK(cause_of_opening(folder / "catalog.db", Access::read_only) == Cause::denied);
  CHECK(cause_of_opening(folder / "catalog.db", Access::read_write) == Cause::denied);
}

TEST_CASE("a folder that is not there is told from one that refuses") {
  const TempFolder folder;

  CHECK(cause_of_opening(folder / "missing/catalog.db", Access::read_write) == Cause::not_found);
  CHECK(cause_of_opening(folder.path(), Access::read_write) == Cause::denied);
}

TEST_CASE("a file that is no database is corrupt, and stays as it was") {
  const TempFolder folder;
  const std::string rubbish(4096, 'x');
  folder.write("catalog.db", rubbish);

  CHECK(cause_of_opening(folder / "catalog.db", Access::read_write) == Cause::corrupt);
  CHECK(cause_of_opening(folder / "catalog.db", Access::read_only) == Cause::corrupt);

  CHECK(folder.read("catalog.db") == rubbish);
}

TEST_CASE("a sound database has no complaint, a damaged one has") {
  const TempFolder folder;
  fill(folder / "catalog.db");
  auto sound = Database::open(folder / "catalog.db", Access::read_only).value();
  CHECK(sound.damage().value() == std::nullopt);

  auto bytes = folder.read("catalog.db");
  for (std::size_t page = 5; page < 9; ++page) bytes.replace(page * 4096, 64, 64, '\xff');
  folder.write("damaged.db", bytes);
  auto damaged = Database::open(folder / "damaged.db", Access::read_only).value();

  CHECK(damaged.damage().value().has_value());
  const auto read = damaged.run("select count(name) from photo not indexed");
  REQUIRE_FALSE(read);
  CHECK(read.error().cause == Cause::corrupt);
}

TEST_CASE("names that SQLite would take for something special are plain files") {
  const TempFolder folder;
  for (const char* name : {"file:odd?mode=memory", "100% #1.db"}) {
    CAPTURE(name);
    fill(folder / name);
    CHECK(folder.has(name));
    CHECK(Database::open(folder / name, Access::read_only));
  }
}

TEST_CASE("of a database that is not trusted no value is read that is larger than allowed") {
  const TempFolder disk;
  auto database = Database::open(disk / "a.db", Access::read_write).value();
  REQUIRE(database.run("create table photo(name text)"));
  REQUIRE(database.run("insert into photo values('short'), (hex(zeroblob(1000000)))"));
  REQUIRE(database.distrust(ByteCount{100000}));

  auto ask = Statement::prepare(database, "select name from photo order by rowid").value();
  REQUIRE(ask.step().value());
  CHECK(ask.text(0) == "short");
  const auto second = ask.step();
  REQUIRE_FALSE(second);
  CHECK(second.error().cause == Cause::unsupported);
  CHECK(setting(database, "trusted_schema") == "0");
}
