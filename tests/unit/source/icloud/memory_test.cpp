// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/memory.h"

#include "../taken_down.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::tests;
using namespace keepsake::source::icloud;

namespace {

struct Remembered {
  RowsInMemory rows;
  LibraryMemory memory{rows, "PrimarySync"};
  LibraryMemory other{rows, "PrimarySync2"};
};

MemberRecord in(const std::string& asset, const std::string& album) {
  return {asset, album, false};
}

}  // namespace

TEST_CASE("an asset is found by its name and by the master it refers to, also after a change") {
  Remembered it;

  REQUIRE(it.memory.remember("A", {1, "M"}));
  REQUIRE(it.memory.remember("B", {1, "M"}));
  CHECK(it.memory.assets_of("M").value() == std::vector<std::string>{"A", "B"});

  REQUIRE(it.memory.remember("A", {2, "N"}));
  CHECK(it.memory.assets_of("M").value() == std::vector<std::string>{"B"});
  CHECK(it.memory.assets_of("N").value() == std::vector<std::string>{"A"});
  CHECK(it.memory.asset("A").value()->listing == 2);

  REQUIRE(it.memory.forget_asset("A"));
  CHECK(!it.memory.asset("A").value());
  CHECK(it.memory.assets_of("N").value().empty());
}

TEST_CASE("an asset that is remembered as it was writes nothing") {
  Remembered it;
  REQUIRE(it.memory.remember("A", {1, "M"}));
  it.rows.writes = 0;

  REQUIRE(it.memory.remember("A", {1, "M"}));

  CHECK(it.rows.writes == 0);
}

TEST_CASE("halves wait for each other and no longer") {
  Remembered it;
  const AssetRecord asset{"A", "M", "text"};
  REQUIRE(it.memory.keep_waiting(asset));
  REQUIRE(it.memory.keep_alone({"N", "original"}));

  REQUIRE(it.memory.waiting_for("M").value().size() == 1);
  CHECK(it.memory.waiting(10).value().at(0).name == "A");
  CHECK(it.memory.waiting(10).value().at(0).master == "M");
  CHECK(it.memory.waiting_for("M").value().at(0).text == "text");
  CHECK(it.memory.alone("N").value() == "original");

  REQUIRE(it.memory.stop_waiting(asset));
  REQUIRE(it.memory.no_longer_alone("N"));
  CHECK(it.memory.waiting(10).value().empty());
  CHECK(!it.memory.alone("N").value());
}

TEST_CASE("libraries whose names begin alike know nothing of each other") {
  Remembered it;
  REQUIRE(it.memory.remember("A", {1, "M"}));
  REQUIRE(it.memory.remember_member(in("A", "L"), 1));
  REQUIRE(it.other.remember("A", {7, "M"}));
  REQUIRE(it.other.note_token("token"));

  REQUIRE(it.memory.forget());

  CHECK(!it.memory.asset("A").value());
  CHECK(it.other.asset("A").value()->listing == 7);
  CHECK(it.other.token().value() == "token");
}

TEST_CASE("only who is in an album is marked when it changes") {
  Remembered it;
  for (const char* asset : {"A", "B", "C"}) REQUIRE(it.memory.remember(asset, {1, "M"}));
  REQUIRE(it.memory.remember_member(in("A", "K"), 1));
  REQUIRE(it.memory.remember_member(in("B", "L"), 1));
  REQUIRE(it.memory.remember_member(in("stranger", "L"), 1));

  REQUIRE(it.memory.mark_members("L"));
  CHECK(it.memory.marked(10).value() == std::vector<std::string>{"B"});

  REQUIRE(it.memory.unmark("B"));
  REQUIRE(it.memory.mark_members(std::nullopt));
  CHECK(it.memory.marked(10).value() == std::vector<std::string>{"A", "B"});
}

TEST_CASE("albums are remembered with all that their path needs, until they are listed anew") {
  Remembered it;
  const AlbumRecord album{"L", "Café 🌋", "F", AlbumRecord::Kind::album, false};
  const AlbumRecord folder{"F", "Travels", "", AlbumRecord::Kind::folder, false};
  REQUIRE(it.memory.remember_album(album));
  REQUIRE(it.memory.remember_album(folder));
  REQUIRE(it.memory.remember_member(in("A", "L"), 1));

  const auto albums = it.memory.albums().value();
  CHECK(albums.at("L") == album);
  CHECK(albums.at("F") == folder);

  REQUIRE(it.memory.forget_albums());
  CHECK(it.memory.albums().value().empty());
  CHECK(it.memory.albums_of("A").value() == std::vector<std::string>{"L"});
}

TEST_CASE("members that a listing did not see are told, and may be forgotten meanwhile") {
  Remembered it;
  REQUIRE(it.memory.remember_member(in("A", "K"), 1));
  REQUIRE(it.memory.remember_member(in("B", "L"), 1));
  REQUIRE(it.memory.remember_member(in("A", "K"), 2));

  std::vector<std::string> told;
  REQUIRE(it.memory.each_member_not_seen_by(2, [&](const MemberRecord& member) {
    told.push_back(member.asset + " in " + member.album);
    return it.memory.forget_member(member);
  }));

  CHECK(told == std::vector<std::string>{"B in L"});
  CHECK(it.memory.albums_of("A").value() == std::vector<std::string>{"K"});
  CHECK(it.memory.albums_of("B").value().empty());
}

TEST_CASE("tokens of databases and of libraries are kept apart") {
  Remembered it;
  AccountMemory account(it.rows);
  REQUIRE(account.note_token(Database::own, "own"));
  REQUIRE(account.note_token(Database::shared, "shared"));
  REQUIRE(it.memory.note_token("zone"));

  CHECK(account.token(Database::own).value() == "own");
  CHECK(account.token(Database::shared).value() == "shared");
  CHECK(it.memory.token().value() == "zone");
  REQUIRE(it.memory.forget_token());
  CHECK(!it.memory.token().value());
}

TEST_CASE("when the storage was asked about is remembered to the second") {
  Remembered it;
  AccountMemory account(it.rows);
  const Instant when = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
  CHECK(!account.last_storage_look().value());

  REQUIRE(account.note_storage_look(when));

  CHECK(account.last_storage_look().value() == when);
}
