// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/vault.h"

#include "destination/vault/kept_set.h"
#include "destination/vault/places.h"
#include "tests/support/kept_vault.h"
#include "vault/lock_file.h"
#include "vault/unpacked.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::chrono_literals;
using Files = std::map<std::string, std::string>;

namespace {

const std::string header = R"({"format":"keepsake-records","version":1})"
                           "\n";

std::string line_of(const destination::Upload& upload, std::string_view text) {
  auto record = upload.record;
  record.version.content = content_of(text);
  return records::to_line(record) + "\n";
}

}  // namespace

TEST_CASE("a tree's paths and a vault's places are each other's") {
  struct Row {
    const char* path;
    const char* place;
  };

  for (const Row& row :
       {Row{"Photos/2024/2024-05/a.jpg", "photos/phone/2024/2024-05/a.jpg"},
        Row{"Photos/Undated/a.jpg", "photos/phone/Undated/a.jpg"},
        Row{"Hidden/2024/2024-05/a.jpg", "photos/phone/Hidden/2024/2024-05/a.jpg"},
        Row{"Shared Albums/2024/a.jpg", "photos/phone/Shared Albums/2024/a.jpg"},
        Row{"Shared Library/2024/a.jpg", "photos/phone/Shared Library/2024/a.jpg"},
        Row{"Recently Deleted/Undated/a.jpg", "photos/phone/Recently Deleted/Undated/a.jpg"},
        Row{".keepsake/versions/abc/original.1.jpg",
            "keepsake/phone/versions/abc/original.1.jpg"}}) {
    CAPTURE(row.path);
    CHECK(destination::place_in_vault("phone", row.path) == row.place);
    CHECK(destination::path_of_place(row.place) == row.path);
  }
  for (const char* other : {"keepsake/phone/assets/2024-05.jsonl",
                            "keepsake/phone/albums.json",
                            "keepsake/phone/versions",
                            "photos/phone",
                            "home/a.jpg",
                            ""})
    CHECK_FALSE(destination::path_of_place(other));
}

TEST_CASE_FIXTURE(KeptVault, "restic checks, lists and restores what a run kept") {
  if (!Restic::is_installed()) return;
  auto film = upload_of("film.mov", "");
  const auto bytes = noise(20'000'000, 1);
  film.size = ByteCount{bytes.size()};
  begin();
  keep(upload_of("a.jpg", "bytes of a"), "bytes of a");
  keep(film, bytes);

  const auto closed = close();

  REQUIRE(closed.snapshot);
  restic.check();
  const auto files = made.restored(*closed.snapshot);
  CHECK(files.at("photos/phone/2024/2024-05/a.jpg") == "bytes of a");
  CHECK(files.at("photos/phone/2024/2024-05/film.mov") == bytes);
  CHECK(files.at("keepsake/phone/assets/2024-05.jsonl") ==
        header + line_of(upload_of("a.jpg", "bytes of a"), "bytes of a") + line_of(film, bytes));
  CHECK(files.at("keepsake/phone/source.json").find(R"("zone":"Europe/Berlin")") !=
        std::string::npos);
  CHECK(files.size() == 4);
}

TEST_CASE_FIXTURE(KeptVault, "a snapshot says whose it is, and is later than the one before") {
  run(upload_of("a.jpg", "a"), "a");
  clock.time -= 24h;
  run(upload_of("b.jpg", "b"), "b");
  open_vault();

  const auto all = vault->snapshots().value();

  REQUIRE(all.size() == 2);
  CHECK(all[1].hostname == "keepsake-abababab");
  CHECK(all[1].paths == std::vector<std::string>{"/photos", "/keepsake"});
  CHECK(all[1].tags == std::vector<std::string>{
                           "keepsake", "catalog:" + identity().catalog.hex(), "source:phone"});
  CHECK(all[1].parent == all[0].id);
  CHECK(all[1].instant() == *all[0].instant() + 1ms);
  CHECK(vault->newest_of_ours().value()->id == all[1].id);
  CHECK(vault->catalogs().value() == std::vector{identity().catalog});
}

TEST_CASE_FIXTURE(KeptVault, "every snapshot holds all that was ever kept") {
  run(upload_of("a.jpg", "a"), "a");
  auto hidden = upload_of("b.jpg", "b");
  hidden.path = hidden.record.path = "Hidden/2024/2024-05/b.jpg";
  run(hidden, "b");
  auto other = upload_of("c.jpg", "c");
  other.path = other.record.path = "Photos/2023/2023-01/c.jpg";
  other.record.month = "2023-01";
  run(other, "c");

  CHECK(text_of_file(place_of("a.jpg")) == "a");
  CHECK(text_of_file("Hidden/2024/2024-05/b.jpg") == "b");
  CHECK(text_of_file("Photos/2023/2023-01/c.jpg") == "c");
  CHECK(records().size() == 3);
  if (!Restic::is_installed()) return;
  restic.check();
  CHECK(dumped("/keepsake/phone/assets/2024-05.jsonl") ==
        header + line_of(hidden, "b") + line_of(upload_of("a.jpg", "a"), "a"));
}

TEST_CASE_FIXTURE(KeptVault,
                  "a run without news makes no snapshot and leaves the vault as it was") {
  run(upload_of("a.jpg", "a"), "a");
  const auto before = vault->fingerprint().value();

  SUBCASE("nothing at all") {
    begin();
    CHECK_FALSE(close().snapshot);
  }
  SUBCASE("the same file again") { CHECK_FALSE(run(upload_of("a.jpg", "a"), "a").snapshot); }
  SUBCASE("the same record again") {
    auto record = upload_of("a.jpg", "a").record;
    record.version.content = content_of("a");
    begin();
    REQUIRE(session->describe(std::vector{record}));
    CHECK_FALSE(close().snapshot);
  }

  CHECK(vault->fingerprint().value() == before);
  CHECK(made.files_in("locks") == 0);
  CHECK_FALSE(vault->has_unfinished_run().value());
}

TEST_CASE_FIXTURE(KeptVault, "equal content gives the same tree whenever it is stored") {
  run(upload_of("a.jpg", "a"), "a");
  const auto first = vault->newest_of_ours().value()->tree;

  KeptVault other;
  other.clock.time += 1000h;
  other.run(upload_of("a.jpg", "a"), "a");

  CHECK(other.vault->newest_of_ours().value()->tree == first);
}

TEST_CASE_FIXTURE(KeptVault, "what is stored is held only when a snapshot tells of it") {
  begin();
  REQUIRE(send(upload_of("a.jpg", "a"), "a"));
  const auto first = commit().value();
  CHECK(first.stored.size() == 1);
  CHECK_FALSE(first.held);
  CHECK(snapshots() == 0);

  clock.time += 15min;
  REQUIRE(send(upload_of("b.jpg", "b"), "b"));
  const auto second = commit().value();

  CHECK(second.held);
  CHECK(snapshots() == 1);
  CHECK(text_of_file(place_of("b.jpg")) == "b");
  CHECK_FALSE(close().snapshot);
}

TEST_CASE_FIXTURE(KeptVault, "an older version goes on beside the new one") {
  run(upload_of("a.jpg", "one"), "one");
  run(replacement_of("a.jpg", "two", "one"), "two");

  CHECK(text_of_file(place_of("a.jpg")) == "two");
  CHECK(text_of_file(".keepsake/versions/a.jpg.1") == "one");
  const auto all = records();
  REQUIRE(all.size() == 2);
  CHECK(all[0].path == ".keepsake/versions/a.jpg.1");
  CHECK(all[0].version.content == content_of("one"));
  CHECK(all[1].version.content == content_of("two"));
  if (Restic::is_installed()) restic.check();
}

TEST_CASE_FIXTURE(KeptVault, "equal photos are stored once and kept under both names") {
  run(upload_of("a.jpg", "same"), "same");
  const auto packs = made.files_in("data");
  auto later = upload_of("b.jpg", "same");
  later.modified = when(70);

  SUBCASE("known before") {
    begin();
    REQUIRE(session->duplicate(later, {place_of("a.jpg"), when()}, content_of("same")));
    REQUIRE(commit());
  }
  SUBCASE("found out") {
    begin();
    keep(later, "same");
  }
  SUBCASE("of this very run") {
    begin();
    keep(upload_of("c.jpg", "same"), "same");
    REQUIRE(session->duplicate(later, {place_of("c.jpg"), when()}, content_of("same")));
    REQUIRE(commit());
  }
  CHECK(made.files_in("data") == packs);
  close();

  CHECK(text_of_file(place_of("b.jpg")) == "same");
}

TEST_CASE_FIXTURE(KeptVault, "a copy that is not there cannot be kept again") {
  begin();

  const auto kept = session->duplicate(
      upload_of("b.jpg", "same"), {place_of("a.jpg"), when()}, content_of("same"));

  REQUIRE_FALSE(kept);
  CHECK(kept.error().cause == Cause::not_found);
}

TEST_CASE_FIXTURE(KeptVault,
                  "names in a folder are folded; what is not kept is positively not there") {
  run(upload_of("Z.JPG", "z"), "z");
  begin();

  CHECK(session->names_in("Photos/2024/2024-05").value() == std::vector<std::string>{"z.jpg"});
  CHECK(session->names_in("Photos/1999").value().empty());
  CHECK(vault->size_of(place_of("Z.JPG")).value() == ByteCount{1});
  CHECK_FALSE(vault->size_of(place_of("x.jpg")).value());
  const auto opened = vault->open(place_of("x.jpg"), false);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().cause == Cause::not_found);
}

TEST_CASE_FIXTURE(KeptVault, "albums are listed by their source, and go away without members") {
  if (!Restic::is_installed()) return;
  run(upload_of("a.jpg", "a"), "a");
  clock.time += 5min;
  begin();
  REQUIRE(session->show_album(
      {{"Trips", "Lake"}, "Albums/Trips/Lake", {}, {{"phone", "z"}, {"phone", "b"}}}));
  REQUIRE(session->show_album({{"Pets"}, "Albums/Pets", {}, {{"phone", "dog"}}}));
  close();
  CHECK(dumped("/keepsake/phone/albums.json") ==
        R"({"format":"keepsake-albums","version":1,"albums":[{"titles":["Pets"],"assets":["dog"]},)"
        R"({"titles":["Trips","Lake"],"assets":["b","z"]}]})"
        "\n");

  clock.time += 5min;
  begin();
  REQUIRE(session->show_album({{"Pets"}, "Albums/Pets", {}, {}}));
  close();

  CHECK(
      dumped("/keepsake/phone/albums.json") ==
      R"({"format":"keepsake-albums","version":1,"albums":[{"titles":["Trips","Lake"],"assets":["b","z"]}]})"
      "\n");
}

TEST_CASE_FIXTURE(KeptVault, "records can be written anew") {
  run(upload_of("a.jpg", "a"), "a");
  run(upload_of("b.jpg", "b"), "b");
  clock.time += 5min;
  begin();
  auto record = upload_of("b.jpg", "b").record;
  record.version.content = content_of("b");

  REQUIRE(session->begin_records_anew());
  REQUIRE(session->describe(std::vector{record}));
  close();

  REQUIRE(records().size() == 1);
  CHECK(records()[0].path == place_of("b.jpg"));
  CHECK(text_of_file(place_of("a.jpg")) == "a");
}

TEST_CASE_FIXTURE(KeptVault, "what a killed run stored is part of the next session's kept set") {
  run(upload_of("a.jpg", "a"), "a");
  clock.time += 5min;
  begin();
  keep(replacement_of("a.jpg", "two", "a"), "two");
  keep(upload_of("b.jpg", "b"), "b");
  REQUIRE(session->show_album({{"Lake"}, "Albums/Lake", {}, {{"phone", "b.jpg"}}}));
  REQUIRE(send(upload_of("c.jpg", "c"), "c"));
  SUBCASE("") {}
  SUBCASE("its last line torn") {
    const auto journal = home.read("journal");
    session.reset();
    home.write("journal", journal + "file\t{\"modif");
  }
  open_vault();
  CHECK(vault->has_unfinished_run().value());

  // Killed again, before the ledger could note it, it is told again, and no snapshot is made twice.
  for (int attempt = 1; attempt <= 2; ++attempt) {
    CAPTURE(attempt);
    open_vault();
    begin();
    std::vector<std::string> recovered;
    for (const auto& record : session->recovered()) recovered.push_back(record.path);
    std::sort(recovered.begin(), recovered.end());
    CHECK(recovered == std::vector<std::string>{
                           ".keepsake/versions/a.jpg.1", place_of("a.jpg"), place_of("b.jpg")});
    CHECK(snapshots() == 2);
    CHECK(vault->has_unfinished_run().value());
  }
  REQUIRE(session->settle());
  CHECK_FALSE(close().snapshot);
  CHECK_FALSE(vault->has_unfinished_run().value());
  CHECK(text_of_file(place_of("a.jpg")) == "two");
  CHECK(text_of_file(".keepsake/versions/a.jpg.1") == "a");
  CHECK(records().size() == 3);
  if (!Restic::is_installed()) return;
  restic.check();
  CHECK(dumped("/keepsake/phone/albums.json").find("b.jpg") != std::string::npos);
}

TEST_CASE_FIXTURE(KeptVault, "what a killed run stored and somebody pruned is not taken for kept") {
  if (!Restic::is_installed()) return;
  run(upload_of("a.jpg", "a"), "a");
  begin();
  keep(upload_of("b.jpg", "b"), "b");
  open_vault();
  restic.must({"unlock", "--remove-all"});
  restic.must({"prune", "--max-unused", "0"});

  begin();

  CHECK(session->recovered().empty());
  CHECK_FALSE(close().snapshot);
  CHECK(records().size() == 1);
}

TEST_CASE_FIXTURE(KeptVault, "a vault that is not there, or lost its config, is not made anew") {
  std::filesystem::remove(made.disk / "config");

  SUBCASE("parts of one") { CHECK(vault->check_presence().error().cause == Cause::corrupt); }
  SUBCASE("nothing") {
    for (const auto& entry : std::filesystem::directory_iterator(made.disk.path()))
      std::filesystem::remove_all(entry.path());
    CHECK(vault->check_presence().error().cause == Cause::not_found);
    CHECK(vault->open_session().error().cause == Cause::not_found);
  }

  CHECK(asked == 0);
}

TEST_CASE_FIXTURE(KeptVault, "the password is asked for once, and only when it is needed") {
  CHECK(vault->check_presence());
  CHECK(vault->fingerprint());
  CHECK_FALSE(vault->has_unfinished_run().value());
  CHECK(asked == 0);

  SUBCASE("right") {
    CHECK(vault->snapshots());
    run(upload_of("a.jpg", "a"), "a");
  }
  SUBCASE("wrong") {
    password = "another";
    CHECK(vault->snapshots().error().cause == Cause::wrong_password);
    CHECK(vault->open_session().error().cause == Cause::wrong_password);
  }

  CHECK(asked == 1);
}

TEST_CASE_FIXTURE(KeptVault, "reading writes nothing into the vault, not even a lock") {
  run(upload_of("a.jpg", "a"), "a");
  open_vault();
  fortune->fail_from(1);

  CHECK(vault->snapshots());
  CHECK(records().size() == 1);
  CHECK(text_of_file(place_of("a.jpg")) == "a");
  int nodes = 0;
  CHECK(vault->each_node(
      [&](const std::string&, const vault::Node&) -> Result<> {
        ++nodes;
        return {};
      },
      {}));
  CHECK(nodes == 10);
}

TEST_CASE_FIXTURE(KeptVault, "an earlier snapshot can be looked at") {
  run(upload_of("a.jpg", "one"), "one");
  run(replacement_of("a.jpg", "two", "one"), "two");

  REQUIRE(vault->look_at(vault->snapshots().value()[0]));

  CHECK(text_of_file(place_of("a.jpg")) == "one");
  CHECK(records().size() == 1);
}

TEST_CASE_FIXTURE(KeptVault, "a vault that somebody has for himself is not written to") {
  const vault::LockFile lock{clock.time, true, "elsewhere", "somebody", 1};
  const auto file = vault::pack_json(made.repository->key(), 2, to_json(lock));
  REQUIRE(made.storage.put(vault::file_name("locks", file.id), file.stored));

  const auto opened = vault->open_session();

  REQUIRE_FALSE(opened);
  CHECK(opened.error().cause == Cause::locked);
}

TEST_CASE_FIXTURE(KeptVault, "the kept sets of two catalogs in one vault are apart") {
  run(upload_of("a.jpg", "a"), "a");
  auto other = identity();
  other.catalog.bytes.fill(std::byte{1});
  const TempFolder other_home;
  const auto others =
      destination::make_vault(storage::make_local(os::open_folder(made.disk.path()).value()),
                              [] { return Result<Secret>(test_password()); },
                              other,
                              os::open_folder(other_home.path()).value(),
                              clock,
                              {0ms});

  CHECK_FALSE(others->newest_of_ours().value());
  CHECK(others->catalogs().value() == std::vector{identity().catalog});
  CHECK_FALSE(others->size_of(place_of("a.jpg")).value());
}

TEST_CASE("a vault of version 1 is read, and refused for writing with what to do") {
  if (!Restic::is_installed()) return;
  KeptVault kept;
  std::filesystem::remove_all(kept.made.disk.path());
  std::filesystem::create_directory(kept.made.disk.path());
  kept.restic.must({"init", "--repository-version", "1"});
  kept.open_vault();

  CHECK(kept.vault->snapshots());
  const auto opened = kept.vault->open_session();

  REQUIRE_FALSE(opened);
  CHECK(opened.error().cause == Cause::unsupported);
  CHECK(opened.error().what.find("restic migrate upgrade_repo_v2") != std::string::npos);
  CHECK(kept.made.files_in("locks") == 0);
}

TEST_CASE("restic and this program use one vault in turn") {
  if (!Restic::is_installed()) return;
  KeptVault kept;
  const TempFolder documents;
  documents.write("letter.txt", "dear all");
  const auto backup = [&] { kept.restic.must({"backup", documents.path().string()}); };
  SUBCASE("that this program made") {}
  SUBCASE("that restic made") {
    std::filesystem::remove_all(kept.made.disk.path());
    std::filesystem::create_directory(kept.made.disk.path());
    kept.restic.must({"init"});
    kept.open_vault();
    backup();
  }
  kept.run(upload_of("a.jpg", "one"), "one");
  backup();
  kept.run(replacement_of("a.jpg", "two", "one"), "two");
  kept.restic.must({"tag", "--add", "seen"});
  kept.restic.must({"forget", "--keep-last", "1", "--group-by", "host"});
  kept.restic.must({"prune", "--max-unused", "0"});
  kept.restic.check();
  kept.open_vault();

  CHECK(kept.text_of_file(place_of("a.jpg")) == "two");
  CHECK(kept.text_of_file(".keepsake/versions/a.jpg.1") == "one");
  kept.run(upload_of("b.jpg", "b"), "b");

  kept.restic.check();
  CHECK(kept.text_of_file(place_of("b.jpg")) == "b");
  const TempFolder copy;
  const Restic second(copy.path());
  second.must({"init"});
  second.must({"copy", "--repo2", kept.made.disk.path().string()});
  second.check();
}
