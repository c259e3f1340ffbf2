// SPDX-License-Identifier: GPL-3.0-or-later
// The work of a run: what is owed, the names reserved for it, and what came of it.
#include "base/text.h"
#include "catalog/catalog.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using photo::Shortfall;
using Ids = std::vector<std::string>;

TEST_CASE_FIXTURE(Ledger, "every asset is owed to every destination until it is settled there") {
  note({photo_of("b.jpg", "b"), photo_of("c.jpg", "c"), photo_of("a.jpg", "a")});

  CHECK(owed(disk) == Ids{"a.jpg", "b.jpg", "c.jpg"});
  keep("b.jpg", disk, "b");

  CHECK(owed(disk) == Ids{"a.jpg", "c.jpg"});
  CHECK(owed(drive) == Ids{"a.jpg", "b.jpg", "c.jpg"});
}

TEST_CASE_FIXTURE(Ledger, "a new destination, and one whose rules change, is owed everything") {
  note({photo_of("a.jpg", "a")});
  keep("a.jpg", disk, "a");
  keep("a.jpg", drive, "a");

  const auto third = must(catalog->know_destination({0, id128(7), "third", "folder"}, ""));
  must(catalog->know_destination({0, id128(3), "drive", "drive"}, "is:hidden"));

  CHECK(owed(third) == Ids{"a.jpg"});
  CHECK(owed(drive) == Ids{"a.jpg"});
  CHECK(owed(disk).empty());
}

TEST_CASE_FIXTURE(Ledger, "a destination that is renamed stays itself") {
  const auto row = must(catalog->know_destination({0, id128(2), "new name", "folder"}, ""));

  CHECK(row == disk);
  CHECK(must(catalog->destinations()).size() == 2);
}

TEST_CASE_FIXTURE(Ledger, "a forgotten destination leaves nothing behind") {
  note({photo_of("a.jpg", "a")});
  keep("a.jpg", disk, "a");

  must(catalog->forget_destination(disk));

  CHECK(account("a.jpg").in(disk) == nullptr);
  CHECK(must(catalog->paths_after(disk, "", 10)).empty());
  CHECK(account("a.jpg").files.at(0).current()->content == content_of("a"));
}

TEST_CASE_FIXTURE(Ledger, "the bytes before a run are those never read, or damaged") {
  note({photo_of("a.jpg", "four"), photo_of("b.jpg", "sixsix")});
  auto placeholder = photo_of("c.jpg", "1234567");
  placeholder.renditions[0].unavailable = Cause::absent;
  note({placeholder});
  const std::vector sources{source};
  const std::vector destinations{disk};
  CHECK(must(catalog->gather_owed(sources, destinations)).bytes == ByteCount{10});

  keep("a.jpg", disk, "four");
  CHECK(must(catalog->gather_owed(sources, destinations)).bytes == ByteCount{6});

  must(
      catalog->record_checks(disk, std::vector<catalog::Catalog::Checked>{{"Photos/a.jpg", true}}));
  const auto before = must(catalog->gather_owed(sources, destinations));
  CHECK(before.bytes == ByteCount{10});
  CHECK(before.assets == 3);
  CHECK(must(catalog->gather_damaged(disk)).assets == 1);
  CHECK(must(catalog->next_owed(10)).at(0).asset.name == "a.jpg");
}

TEST_CASE_FIXTURE(Ledger, "no two places of a destination are equal once case is folded") {
  note({photo_of("a.jpg", "a"), photo_of("A.JPG", "b")});
  name("a.jpg", disk);
  CHECK(must(catalog->is_taken(disk, folded("Photos/A.jpg"))));
  CHECK_FALSE(must(catalog->is_taken(drive, folded("Photos/A.jpg"))));

  const auto other = account("A.JPG");
  const catalog::Reservation clash{
      other.row, disk, {"Photos", "A", "undated"}, {{other.files.at(0).row, "Photos/A.JPG"}}};

  CHECK_FALSE(catalog->reserve(std::vector{clash}));
  CHECK(account("A.JPG").in(disk) == nullptr);
}

TEST_CASE_FIXTURE(Ledger, "a name decided once stays") {
  note({photo_of("a.jpg", "a")});
  name("a.jpg", disk);
  const auto row = account("a.jpg").row;

  must(catalog->reserve(
      std::vector{catalog::Reservation{row, disk, {"Elsewhere", "b", "2020-01"}, {}}}));

  CHECK(account("a.jpg").in(disk)->naming == photo::Naming{"Photos", "a.jpg", "undated"});
}

TEST_CASE_FIXTURE(Ledger, "a stored version is held; the one it replaced is where it was put") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  const auto old_row = version_row("a.jpg");
  note({photo_of("a.jpg", "two")});

  auto file = stored("a.jpg", disk, "two");
  file.replaced = ".keepsake/versions/a.1";
  catalog::Progress progress;
  progress.stored = {file};
  must(catalog->record(progress));

  const auto known = account("a.jpg");
  CHECK(known.in(disk)->file_of(old_row)->path == ".keepsake/versions/a.1");
  CHECK(known.in(disk)->file_of(version_row("a.jpg"))->path == "Photos/a.jpg");
  CHECK(must(catalog->copy_of(disk, content_of("one").sha256))->path == ".keepsake/versions/a.1");
}

TEST_CASE_FIXTURE(Ledger, "a version that was only touched is the version before") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  const auto row = version_row("a.jpg");
  note({photo_of("a.jpg", "touched")});
  const auto touched = version_row("a.jpg");
  name("a.jpg", drive);
  catalog::Progress progress;
  progress.stored = {stored("a.jpg", drive, "one")};
  progress.only_touched = {touched};

  must(catalog->record(progress));

  const auto known = account("a.jpg");
  REQUIRE(known.files.at(0).versions.size() == 1);
  CHECK(known.files[0].current()->row == row);
  CHECK(known.files[0].current()->source_version == "touched");
  CHECK(known.in(disk)->holds(row));
  CHECK(known.in(drive)->holds(row));
}

TEST_CASE_FIXTURE(Ledger, "why a version is not held is told, how often it failed, and ends") {
  note({photo_of("a.jpg", "one")});
  name("a.jpg", disk);
  record_unheld("a.jpg", disk, Shortfall::State::failed, Cause::denied);
  record_unheld("a.jpg", disk, Shortfall::State::failed, Cause::changed);

  const auto known = account("a.jpg");
  const Shortfall* shortfall = known.in(disk)->shortfall_of(version_row("a.jpg"));
  REQUIRE(shortfall != nullptr);
  CHECK(shortfall->state == Shortfall::State::failed);
  CHECK(shortfall->cause == Cause::changed);
  CHECK(shortfall->attempts == 2);
  CHECK(shortfall->message == "because");

  keep("a.jpg", disk, "one");
  CHECK(account("a.jpg").in(disk)->shortfalls.empty());
}

TEST_CASE_FIXTURE(Ledger, "a copy is found where it lies undamaged, and only there") {
  note({photo_of("a.jpg", "same"), photo_of("b.jpg", "same")});
  keep("a.jpg", disk, "same");
  keep("b.jpg", disk, "same");
  const auto sha256 = content_of("same").sha256;
  CHECK(must(catalog->copy_of(disk, sha256))->path == "Photos/a.jpg");
  CHECK_FALSE(must(catalog->copy_of(drive, sha256)));

  must(
      catalog->record_checks(disk, std::vector<catalog::Catalog::Checked>{{"Photos/a.jpg", true}}));

  CHECK(must(catalog->copy_of(disk, sha256))->path == "Photos/b.jpg");
}

TEST_CASE_FIXTURE(Ledger, "an album whose photo arrives later is shown again") {
  auto asset = photo_of("a.jpg", "one");
  asset.albums = {{{"Lake"}}};
  note({asset});
  must(catalog->settle_album(disk, R"(["Lake"])"));

  keep("a.jpg", disk, "one");

  CHECK(must(catalog->owed_albums(disk)) == Ids{R"(["Lake"])"});
  const auto files = must(catalog->album_files(disk, R"(["Lake"])"));
  REQUIRE(files.size() == 1);
  CHECK(files[0].path == "Photos/a.jpg");
}
