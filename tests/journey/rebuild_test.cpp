// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"

#include <doctest/doctest.h>

using namespace keepsake::tests;

namespace {

void set_up_library(const Journey& journey) {
  copy_demo_library(journey / "pictures");
  fs::remove(journey / "pictures/Broken/empty.jpg");
  fs::remove(journey / "pictures/Broken/zeros.heic");
  journey.set_up({"disk", "drive"});
  journey.expect(0, {"backup"});
}

/// Another content that says the same of itself.
void append(const fs::path& file) { write_file(file, read_file(file) + "more"); }

/// `find` without what only a verification knows.
std::map<std::string, json> known(const Journey& journey) {
  auto assets = journey.find();
  for (auto& [id, asset] : assets)
    for (json& file : asset["renditions"])
      for (json& place : file["destinations"]) place.erase("verified_at");
  return assets;
}

}  // namespace

TEST_CASE("a lost catalog is made anew from the trees, and nothing is fetched again") {
  const Journey journey;
  set_up_library(journey);
  write_file(journey / "pictures/Scans/grandmother.jpg",
             read_file(journey / "pictures/Originals/IMG_0001.JPG"));
  fs::remove(journey / "pictures/2024 Kyoto/IMG_0001.HEIC");
  journey.expect(0, {"backup"});
  journey.expect(0, {"verify"});
  const auto assets = known(journey);
  const auto status = journey.status();
  const auto disk = contents(journey / "disk");
  lose_catalog(journey);

  journey.expect(0, {"catalog", "rebuild"});

  CHECK(known(journey) == assets);
  CHECK(journey.status() == status);
  const auto summary = journey.expect(0, {"backup"});
  CHECK(summary["renditions_fetched"] == 0);
  CHECK(known(journey) == assets);
  CHECK(contents(journey / "disk") == disk);
  CHECK(sums_are_right(journey / "disk"));
  journey.expect(0, {"verify"});
}

TEST_CASE("a backup after the catalog was lost takes up what the trees hold by itself") {
  const Journey journey;
  set_up_library(journey);
  const auto assets = known(journey);
  const auto disk = contents(journey / "disk");
  lose_catalog(journey);

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(contents(journey / "disk") == disk);
  CHECK(known(journey) == assets);
}

TEST_CASE("a tree that was removed and is added again is known again") {
  const Journey journey;
  set_up_library(journey);
  const auto assets = known(journey);
  const auto drive = contents(journey / "drive");

  journey.expect(0, {"destination", "remove", "drive"});
  CHECK(journey.expect(0, {"destination", "add", "drive", "folder", "drive"})["existed"] == true);
  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(contents(journey / "drive") == drive);
  CHECK(known(journey) == assets);
}

TEST_CASE("a catalog made anew while a tree was away takes that tree up when it is back") {
  const Journey journey;
  set_up_library(journey);
  const auto assets = known(journey);
  const auto drive = contents(journey / "drive");
  fs::rename(journey / "drive", journey / "unplugged");
  lose_catalog(journey);

  const auto rebuilt = journey.expect(3, {"catalog", "rebuild"});
  CHECK(rebuilt["absent"].size() == 1);
  journey.expect(3, {"backup"});
  fs::rename(journey / "unplugged", journey / "drive");
  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(contents(journey / "drive") == drive);
  CHECK(known(journey) == assets);
}

TEST_CASE("a tree that missed the last changes does not bring the old state back") {
  const Journey journey;
  set_up_library(journey);
  append(journey / "pictures/Scans/grandmother.jpg");
  fs::remove(journey / "pictures/2024 Kyoto/IMG_0001.HEIC");

  for (const char* up_to_date : {"disk", "drive"}) {
    CAPTURE(up_to_date);
    journey.expect(0, {"backup", "--to", up_to_date});
    const auto assets = known(journey);
    const auto status = journey.status();
    lose_catalog(journey);

    journey.expect(0, {"catalog", "rebuild"});

    CHECK(known(journey) == assets);
    CHECK(journey.status() == status);
    journey.expect(0, {"backup"});
    // The other one is behind in the next round.
    append(journey / "pictures/Scans/wedding.jpg");
    fs::remove(journey / "pictures/2024 Kyoto/IMG_0002.JPG");
  }
}

TEST_CASE("a new home takes over the ids and names that it finds in a tree") {
  Journey journey;
  set_up_library(journey);
  const auto assets = known(journey);
  const auto disk = contents(journey / "disk");
  journey.use_home("new-home");
  CHECK(journey.expect(0, {"destination", "add", "disk", "folder", "disk"})["existed"] == true);
  journey.expect(0, {"source", "add", "pictures", "folder", "pictures"});

  journey.expect(0, {"catalog", "rebuild"});
  journey.expect(0, {"destination", "add", "drive", "folder", "drive"});
  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(known(journey) == assets);
  CHECK(contents(journey / "disk") == disk);
}

TEST_CASE("the trees of two catalogs are listed, and one must be chosen") {
  Journey journey;
  copy_demo_library(journey / "pictures");
  journey.set_up({"disk"});
  journey.use_home("other-home");
  journey.set_up({"drive"});
  journey.use_home("new-home");
  for (const char* tree : {"disk", "drive"})
    journey.expect(0, {"destination", "add", tree, "folder", tree});

  const auto refused = journey.expect(2, {"catalog", "rebuild"});

  for (const char* tree : {"disk", "drive"}) {
    const auto marker = json::parse(read_file(journey / tree / ".keepsake/tree.json"));
    CHECK(refused["message"].get<std::string>().find(marker["catalog"].get<std::string>()) !=
          std::string::npos);
  }
  const auto marker = json::parse(read_file(journey / "disk/.keepsake/tree.json"));
  const auto chosen = journey.expect(3, {"catalog", "rebuild", "--catalog", marker["catalog"]});
  CHECK(chosen["destinations"] == json::array({"disk"}));
}

TEST_CASE("a rebuild that fails leaves the old catalog as it was") {
  const Journey journey;
  set_up_library(journey);
  const auto assets = journey.find();
  fs::rename(journey / "disk", journey / "a");
  fs::rename(journey / "drive", journey / "b");

  journey.expect(23, {"catalog", "rebuild"});

  CHECK(journey.find() == assets);
  CHECK_FALSE(fs::exists(journey.home() / "catalog.db.rebuilding"));
}
