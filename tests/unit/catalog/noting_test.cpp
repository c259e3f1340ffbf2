// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/noting.h"

#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using photo::Role;
using Ids = std::vector<std::string>;

TEST_CASE_FIXTURE(Ledger, "an asset comes back from the ledger as its source told it") {
  auto asset = photo_of("DCIM/IMG_\xFF.JPG", "one");
  asset.aliases = {"old/IMG_\xFE.JPG"};
  asset.kind = photo::Kind::live;
  asset.taken = photo::Taken{*parse_rfc3339("2024-05-01T12:00:00.5+02:00"), photo::TakenFrom::gps};
  asset.taken->time.zone = ZoneKnown::assumed;
  asset.place = photo::Place{1.5, -2.25};
  asset.camera = "Apple iPhone";
  asset.burst = "B";
  asset.labels = {"title", "caption", {"boat", "lake"}, {"Ann"}, -1};
  asset.favorite = asset.hidden = asset.trashed = true;
  asset.shelf = photo::Shelf::hidden;
  asset.albums = {{{"Trips", "Lake"}}, {{"Best"}}};
  asset.warnings = {"odd"};
  asset.record = R"({"of":"the source"})";
  asset.renditions.push_back(file_of(Role::live_video, "DCIM/a.MOV", "film"));
  asset.renditions.back().modified = *parse_instant("2024-05-01T10:00:00.25Z");
  asset.renditions.back().unavailable = Cause::absent;
  asset.renditions.front().apple_checksum = AppleChecksum{};

  note({asset});

  CHECK(account(asset.key.id).asset == asset);
  CHECK(account(asset.key.id).source_name == "phone");
  CHECK(account(asset.key.id).gone_at == std::nullopt);
  auto noting = must(catalog::Noting::begin(*catalog, source));
  CHECK(must(noting->record_of(asset.key.library, asset.key.id)) == asset.record);
  CHECK(must(noting->record_of(asset.key.library, "another")) == std::nullopt);
}

TEST_CASE_FIXTURE(Ledger, "an asset told again without a change owes nothing") {
  auto asset = photo_of("a.jpg", "one");
  asset.renditions.push_back(file_of(Role::adjustment, "a.aae", "recipe"));
  note({asset});
  catalog::Progress progress;
  progress.settled = {{account("a.jpg").row, disk}};
  must(catalog->record(progress));

  std::swap(asset.renditions[0], asset.renditions[1]);
  note({asset});

  CHECK(owed(disk).empty());
  CHECK(owed(drive) == Ids{"a.jpg"});
}

TEST_CASE_FIXTURE(Ledger, "a change of words alone is owed, without another version") {
  auto asset = photo_of("a.jpg", "one");
  note({asset});
  keep("a.jpg", disk, "one");

  asset.labels.caption = "a lake";
  note({asset});

  CHECK(owed(disk) == Ids{"a.jpg"});
  CHECK(account("a.jpg").files.at(0).versions.size() == 1);
  CHECK(account("a.jpg").in(disk)->holds(version_row("a.jpg")));
}

TEST_CASE_FIXTURE(Ledger, "an asset that is gone and comes back is the same asset") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  const auto before = account("a.jpg");

  note_gone("a.jpg");
  CHECK(account("a.jpg").gone_at.has_value());
  CHECK(owed(disk) == Ids{"a.jpg"});

  note({photo_of("a.jpg", "one")});
  const auto after = account("a.jpg");
  CHECK(after.row == before.row);
  CHECK(after.gone_at == std::nullopt);
  CHECK(after.files.at(0).versions.size() == 1);
  CHECK(after.in(disk)->holds(version_row("a.jpg")));
}

TEST_CASE_FIXTURE(Ledger, "what is gone stays gone since the first time") {
  note({photo_of("a.jpg", "one")});
  note_gone("a.jpg");
  const auto since = account("a.jpg").gone_at;

  note_gone("a.jpg");
  note_gone("never.jpg");

  CHECK(account("a.jpg").gone_at == since);
}

TEST_CASE_FIXTURE(Ledger, "new bytes are a new version once the old ones were read") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");

  note({photo_of("a.jpg", "two")});

  const auto file = account("a.jpg").files.at(0);
  REQUIRE(file.versions.size() == 2);
  CHECK(file.versions[0].superseded_at.has_value());
  CHECK(file.versions[0].content == content_of("one"));
  CHECK(file.current()->seq == 2);
  CHECK(file.current()->content == std::nullopt);
  CHECK(file.current()->source_version == "two");
}

TEST_CASE_FIXTURE(Ledger, "a version that was never read gives its number to the next") {
  note({photo_of("a.jpg", "one")});
  record_unheld("a.jpg", disk, photo::Shortfall::State::failed, Cause::changed);

  note({photo_of("a.jpg", "two")});

  const auto known = account("a.jpg");
  REQUIRE(known.files.at(0).versions.size() == 1);
  CHECK(known.files[0].current()->seq == 1);
  CHECK(known.files[0].current()->source_version == "two");
  CHECK((known.in(disk) == nullptr || known.in(disk)->shortfalls.empty()));
}

TEST_CASE_FIXTURE(Ledger,
                  "a file that lost its bytes to the cloud is waited for beside the old one") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  auto placeholder = photo_of("a.jpg", "zeros");
  placeholder.renditions[0].unavailable = Cause::absent;

  note({placeholder});
  CHECK(account("a.jpg").files.at(0).current()->unavailable == Cause::absent);
  CHECK(account("a.jpg").files[0].versions.size() == 2);

  note({photo_of("a.jpg", "one again")});
  CHECK(account("a.jpg").files.at(0).current()->seq == 2);
  CHECK(account("a.jpg").files[0].current()->unavailable == std::nullopt);
}

TEST_CASE_FIXTURE(Ledger, "a file that only its source let go of stays the version that is held") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  auto evicted = photo_of("a.jpg", "one");
  evicted.renditions[0].unavailable = Cause::absent;

  note({evicted});

  const auto known = account("a.jpg");
  REQUIRE(known.files.at(0).versions.size() == 1);
  CHECK(known.files[0].current()->content == content_of("one"));
  CHECK(known.files[0].current()->unavailable == Cause::absent);
  CHECK(known.in(disk)->holds(known.files[0].current()->row));

  note({photo_of("a.jpg", "one")});
  CHECK(account("a.jpg").files.at(0).current()->unavailable == std::nullopt);
}

TEST_CASE_FIXTURE(Ledger, "what a library claims stays beside what its bytes are") {
  const AppleChecksum claim{{std::byte{1}}};
  const AppleChecksum found{{std::byte{2}}};
  auto asset = photo_of("a.jpg", "one");
  asset.renditions[0].apple_checksum = claim;
  note({asset});
  CHECK(account("a.jpg").files.at(0).current()->apple_checksum == claim);
  CHECK(account("a.jpg").warnings().empty());

  name("a.jpg", disk);
  catalog::Progress progress;
  progress.stored = {stored("a.jpg", disk, "one")};
  progress.stored[0].apple_checksum = found;
  progress.settled = {{account("a.jpg").row, disk}, {account("a.jpg").row, drive}};
  must(catalog->record(progress));

  const auto known = account("a.jpg");
  CHECK(known.files.at(0).current()->apple_checksum == found);
  CHECK(known.files[0].current()->claimed_checksum == claim);
  CHECK(known.asset == asset);
  CHECK(known.warnings().size() == 1);
  note({asset});
  CHECK(owed(disk).empty());

  asset.renditions[0].apple_checksum = found;
  note({asset});
  CHECK(account("a.jpg").warnings().empty());
  CHECK(account("a.jpg").files.at(0).versions.size() == 1);
}

TEST_CASE_FIXTURE(Ledger, "a file its asset no longer has keeps its versions, and may come back") {
  auto asset = photo_of("a.jpg", "one");
  asset.renditions.push_back(file_of(Role::edited, "b.jpg", "edit"));
  note({asset});

  note({photo_of("a.jpg", "one")});
  auto edit = account("a.jpg").files.at(1);
  CHECK_FALSE(edit.present);
  CHECK(edit.current() == nullptr);
  CHECK(edit.versions.size() == 1);

  note({asset});
  edit = account("a.jpg").files.at(1);
  CHECK(edit.current() != nullptr);
  CHECK(edit.versions.size() == 1);
}

TEST_CASE_FIXTURE(Ledger, "what is not committed never happened, memory included") {
  {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    must(noting->put(photo_of("kept.jpg", "1")));
    must(noting->remember("cursor", "1"));
    must(noting->commit());
    must(noting->put(photo_of("lost.jpg", "1")));
    must(noting->remember("cursor", "2"));
    must(noting->forget("nothing"));
  }

  auto noting = must(catalog::Noting::begin(*catalog, source));
  CHECK(must(noting->recall("cursor")) == "1");
  CHECK(must(catalog->assets_called("lost.jpg")).empty());
  CHECK(must(catalog->assets_called("kept.jpg")).size() == 1);
}

TEST_CASE_FIXTURE(Ledger, "a source's memory is its own, in the order of bytes") {
  const auto other = must(catalog->know_source({0, id128(9), "export", "folder"}));
  {
    auto noting = must(catalog::Noting::begin(*catalog, other));
    must(noting->remember("f\xFFz", "other"));
    must(noting->commit());
  }
  auto noting = must(catalog::Noting::begin(*catalog, source));
  for (const char* key : {"fb", "f\xFF", "fa", "g", "e", "f"}) must(noting->remember(key, key));

  const auto keys = [&](std::string_view after, std::size_t most) {
    Ids found;
    for (const auto& row : must(noting->recall_after(after, "f", most))) found.push_back(row.first);
    return found;
  };

  CHECK(keys("", 10) == Ids{"f", "fa", "fb", "f\xFF"});
  CHECK(keys("fa", 1) == Ids{"fb"});
  CHECK(keys("f\xFF", 10).empty());
  must(noting->forget("fb"));
  CHECK(must(noting->recall("fb")) == std::nullopt);
}

TEST_CASE_FIXTURE(Ledger, "all but what is there is gone, of this source only") {
  std::vector<photo::Asset> assets;
  assets.reserve(600);
  for (int i = 0; i < 600; ++i) assets.push_back(photo_of(std::to_string(i) + ".jpg", "x"));
  note(assets);

  auto noting = must(catalog::Noting::begin(*catalog, source));
  must(noting->keep_only([](const std::string& /*library*/, const std::string& id, const Ids& keys)
                             -> Result<bool> { return keys == Ids{id} && id.starts_with("1"); }));
  must(noting->commit());
  noting.reset();

  int present = 0;
  for (const auto& asset : assets)
    if (!account(asset.key.id).gone_at) ++present;
  CHECK(present == 111);
}

TEST_CASE_FIXTURE(Ledger, "albums an asset joins or leaves are owed to every destination") {
  auto asset = photo_of("a.jpg", "one");
  asset.albums = {{{"Trips", "Lake"}}};
  note({asset});
  CHECK(must(catalog->owed_albums(disk)) == Ids{R"(["Trips","Lake"])"});
  must(catalog->settle_album(disk, R"(["Trips","Lake"])"));
  CHECK(must(catalog->owed_albums(disk)).empty());

  asset.albums = {{{"Best"}}};
  note({asset});

  CHECK(must(catalog->owed_albums(disk)) == Ids{R"(["Best"])", R"(["Trips","Lake"])"});
  CHECK(must(catalog->owed_albums(drive)).size() == 2);
}
