// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/schema.h"

#include "base/text.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;

namespace {

std::vector<std::string> texts(Database& database, const std::string& sql) {
  auto statement = must(Statement::prepare(database, sql));
  must(statement.bind());
  std::vector<std::string> texts;
  while (must(statement.step())) texts.emplace_back(statement.text(0));
  return texts;
}

/// The whole database as statements that make it anew.
std::string dump(Database& database) {
  std::string sql;
  for (const auto& made :
       texts(database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
    sql += made + ";\n";
  for (const auto& table :
       texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")) {
    std::string values;
    for (const auto& column :
         texts(database, fmt::format("SELECT name FROM pragma_table_info('{}')", table)))
      values += fmt::format("{}quote(\"{}\")", values.empty() ? "" : " || ', ' || ", column);
    for (const auto& row :
         texts(database, fmt::format("SELECT {} FROM {} ORDER BY 1", values, table)))
      sql += fmt::format("INSERT INTO {} VALUES({});\n", table, row);
  }
  return sql;
}

const std::string lake_record = R"({"lake":["it's","blue"]})";

/// A little of everything that a catalog holds.
void fill(const Ledger& ledger) {
  auto asset = photo_of("DCIM/IMG_1.JPG", "one");
  asset.albums = {{{"Lake"}}};
  asset.labels.caption = "it's a lake";
  asset.record = lake_record;
  ledger.note({asset, photo_of("DCIM/IMG_\xFF.JPG", "two"), photo_of("gone.jpg", "three")});
  ledger.keep("DCIM/IMG_1.JPG", ledger.disk, "one");
  ledger.record_unheld("gone.jpg", ledger.disk, photo::Shortfall::State::failed, Cause::denied);
  ledger.note_gone("gone.jpg");
  {
    auto noting = must(catalog::Noting::begin(*ledger.catalog, ledger.source));
    must(noting->remember("cursor", std::string("\0\xFF", 2)));
    must(noting->commit());
  }
  const auto run = must(ledger.catalog->begin_run("backup"));
  must(ledger.catalog->finish_run(run, 3, "{}"));
}

/// A catalog as a program wrote it whose schema was of that version.
std::string golden_file(int version) {
  return fmt::format("{}/catalog/v{}.sql", KEEPSAKE_TEST_GOLDEN, version);
}

std::string golden(int version) {
  const std::ifstream file(golden_file(version), std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("an empty file becomes a catalog of the schema's version") {
  const TempFolder home;
  TickingClock clock;

  must(catalog::Catalog::open(home / "c.db", clock));

  auto database = must(Database::open(home / "c.db", Access::read_only));
  CHECK(must(database.version()) == catalog::schema_version);
  CHECK(must(database.damage()) == std::nullopt);
}

TEST_CASE("a catalog opened again is as it was") {
  Ledger ledger;
  fill(ledger);
  ledger.catalog.reset();
  auto before = must(Database::open(ledger.home / "c.db", Access::read_only));
  const auto rows = dump(before);

  ledger.catalog = must(catalog::Catalog::open(ledger.home / "c.db", ledger.clock));

  CHECK(dump(before) == rows);
}

TEST_CASE("a catalog of a newer program is refused and left alone") {
  const TempFolder home;
  TickingClock clock;
  {
    auto database = must(Database::open(home / "c.db", Access::read_write));
    must(database.set_version(catalog::schema_version + 1));
  }

  const auto opened = catalog::Catalog::open(home / "c.db", clock);

  REQUIRE_FALSE(opened);
  CHECK(opened.error().cause == Cause::unsupported);
  auto database = must(Database::open(home / "c.db", Access::read_only));
  CHECK(texts(database, "SELECT name FROM sqlite_schema").empty());
}

TEST_CASE("a file that is no catalog is corrupt, and left alone") {
  const TempFolder home;
  TickingClock clock;
  const std::string rubbish(8192, 'x');
  home.write("c.db", rubbish);

  const auto opened = catalog::Catalog::open(home / "c.db", clock);

  REQUIRE_FALSE(opened);
  CHECK(opened.error().cause == Cause::corrupt);
  CHECK(home.read("c.db") == rubbish);
}

TEST_CASE("a catalog cut short is corrupt once it is read") {
  Ledger ledger;
  for (int i = 0; i < 200; ++i) ledger.note({photo_of(std::to_string(i), std::string(500, 'x'))});
  ledger.catalog.reset();
  const auto bytes = ledger.home.read("c.db");
  ledger.home.write("c.db", std::string_view(bytes).substr(0, bytes.size() / 4));

  const auto opened = catalog::Catalog::open(ledger.home / "c.db", ledger.clock);
  const auto read = opened ? (*opened)->accounts_after(0, 1000) : fail(opened.error());

  REQUIRE_FALSE(read);
  CHECK(read.error().cause == Cause::corrupt);
}

TEST_CASE("a catalog of every version opens and keeps every row") {
  if (std::getenv("KEEPSAKE_RECORD") != nullptr) {
    Ledger ledger;
    fill(ledger);
    ledger.catalog.reset();
    auto database = must(Database::open(ledger.home / "c.db", Access::read_only));
    const auto file = golden_file(catalog::schema_version);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << dump(database);
  }
  for (int version = 1; version <= catalog::schema_version; ++version) {
    CAPTURE(version);
    const TempFolder home;
    TickingClock clock;
    {
      auto database = must(Database::open(home / "c.db", Access::read_write));
      must(database.run(golden(version)));
      must(database.set_version(version));
    }

    const auto catalog = must(catalog::Catalog::open(home / "c.db", clock));

    const auto accounts = must(catalog->accounts_after(0, 10));
    REQUIRE(accounts.size() == 3);
    CHECK(accounts[0].asset.key.id == "DCIM/IMG_1.JPG");
    CHECK(accounts[0].asset.labels.caption == "it's a lake");
    CHECK(accounts[0].asset.albums == std::vector<photo::AlbumPath>{{{"Lake"}}});
    CHECK(accounts[0].asset.record == (version >= 2 ? std::optional(lake_record) : std::nullopt));
    CHECK(accounts[0].files.at(0).current()->content == content_of("one"));
    CHECK(accounts[0].standings.at(0).files.at(0).path == "Photos/DCIM/IMG_1.JPG");
    CHECK(accounts[1].asset.key.id == "DCIM/IMG_\xFF.JPG");
    CHECK(accounts[2].gone_at.has_value());
    CHECK(accounts[2].standings.at(0).shortfalls.at(0).cause == Cause::denied);
    auto noting = must(catalog::Noting::begin(*catalog, 1));
    CHECK(must(noting->recall("cursor")) == std::string("\0\xFF", 2));
  }
}
