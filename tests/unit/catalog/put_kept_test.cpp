// SPDX-License-Identifier: GPL-3.0-or-later
// What a destination's own records tell: after a killed run, and for a catalog made anew.
#include "catalog/moves.h"
#include "catalog/noting.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

struct Fixture : Ledger {
  catalog::Noting::Kept kept(const std::string& id, std::string_view bytes, int seq = 1) const {
    catalog::Noting::Kept kept;
    kept.destination = disk;
    kept.path = path_of(id);
    kept.asset = photo_of(id, bytes);
    kept.asset.renditions.clear();
    kept.naming = {"Photos", id, "undated"};
    kept.key = id;
    kept.name = id;
    kept.version.seq = seq;
    kept.version.source_version = bytes;
    kept.version.size = ByteCount{bytes.size()};
    kept.version.content = content_of(bytes);
    return kept;
  }

  void put(const catalog::Noting::Kept& kept) const {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    must(noting->put_kept(kept));
    must(noting->commit());
  }

  /// As a scan leaves it that took assets down.
  void note_with_memory(const std::vector<photo::Asset>& assets) const {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    for (const photo::Asset& asset : assets) must(noting->put(asset));
    must(noting->remember("cursor", "1"));
    must(noting->commit());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a record makes asset, version, name and holding anew") {
  put(kept("a.jpg", "one"));

  const auto known = account("a.jpg");
  CHECK(known.asset.name == "a.jpg");
  CHECK(known.files.at(0).current()->content == content_of("one"));
  CHECK(known.in(disk)->naming == photo::Naming{"Photos", "a.jpg", "undated"});
  CHECK(known.in(disk)->holds(version_row("a.jpg")));
  CHECK(must(catalog->copy_of(disk, content_of("one").sha256))->path == "Photos/a.jpg");
}

TEST_CASE_FIXTURE(Fixture, "a record told twice changes nothing") {
  put(kept("a.jpg", "one"));
  const auto before = account("a.jpg");

  put(kept("a.jpg", "one"));

  const auto after = account("a.jpg");
  CHECK(after.asset == before.asset);
  CHECK(after.files.at(0).versions.size() == 1);
  CHECK(after.in(disk)->files.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "what a killed run stored is held, and no longer called failed") {
  note_with_memory({photo_of("a.jpg", "one")});
  name("a.jpg", disk);
  record_unheld("a.jpg", disk, photo::Shortfall::State::failed, Cause::internal);

  put(kept("a.jpg", "one"));

  const auto known = account("a.jpg");
  CHECK(known.in(disk)->holds(version_row("a.jpg")));
  CHECK(known.in(disk)->shortfalls.empty());
}

TEST_CASE_FIXTURE(Fixture, "bytes of a killed run are never taken for those that came after") {
  note_with_memory({photo_of("a.jpg", "two")});
  name("a.jpg", disk);

  put(kept("a.jpg", "one"));

  const auto known = account("a.jpg");
  REQUIRE(known.files.at(0).versions.size() == 2);
  CHECK(known.files[0].current()->source_version == "two");
  CHECK(known.files[0].current()->content == std::nullopt);
  CHECK_FALSE(known.in(disk)->holds(known.files[0].current()->row));
  CHECK(known.in(disk)->holds(known.files[0].versions[0].row));
}

TEST_CASE_FIXTURE(Fixture, "a record never brings back what its source no longer has") {
  note_with_memory({photo_of("a.jpg", "one")});
  note_gone("a.jpg");

  put(kept("a.jpg", "one"));

  CHECK(account("a.jpg").gone_at.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a replaced version and its successor are told in any order") {
  auto aside = kept("a.jpg", "one", 1);
  aside.path = ".keepsake/versions/a.1";
  aside.version.superseded_at = clock.now();

  SUBCASE("the newer first") {
    put(kept("a.jpg", "two", 2));
    put(aside);
  }
  SUBCASE("the older first") {
    put(aside);
    put(kept("a.jpg", "two", 2));
  }

  const auto known = account("a.jpg");
  REQUIRE(known.files.at(0).versions.size() == 2);
  CHECK(known.files[0].current()->content == content_of("two"));
  CHECK(known.in(disk)->files.size() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "a record from before its photo moved is of the photo under its new id") {
  note_with_memory({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  note_gone("a.jpg");
  note_with_memory({photo_of("b.jpg", "one")});
  must(catalog::go_on_as(*catalog,
                         source,
                         account("a.jpg"),
                         account("b.jpg"),
                         std::vector<catalog::SameFile>{{account("a.jpg").files[0].row, "b.jpg"}}));
  auto late = kept("a.jpg", "one");
  late.destination = drive;

  put(kept("a.jpg", "one"));
  put(late);

  const auto known = account("b.jpg");
  CHECK(known.files.size() == 1);
  CHECK(known.files[0].versions.size() == 1);
  CHECK(known.in(disk)->files.size() == 1);
  CHECK(known.in(drive)->holds(version_row("b.jpg")));
  CHECK(must(catalog->accounts_after(0, 10)).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a record tells what its photo was called before") {
  auto record = kept("b.jpg", "one");
  record.moved_from = photo::AssetKey{id128(1), "own", "a.jpg"};

  put(record);

  CHECK(account("b.jpg").moved_from->id == "a.jpg");
  CHECK(account("a.jpg").asset.key.id == "b.jpg");
}
