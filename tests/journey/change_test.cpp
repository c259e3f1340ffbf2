// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/sha.h"
#include "journey.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace keepsake::tests;

namespace {

const fs::path demo = KEEPSAKE_DEMO_LIBRARY;
const std::string month = "Photos/2024/2024-05/";

void set_up_trip(const Journey& journey, const std::vector<std::string>& destinations) {
  fs::create_directories(journey / "pictures");
  fs::copy(demo / "2024 Kyoto", journey / "pictures");
  journey.set_up(destinations);
}

/// Every file of the source is written over under its name, as malicious software does it.
void ransom(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      write_file(entry.path(), "pay for " + entry.path().filename().string());
}

std::set<std::string> everything_in(const fs::path& tree) {
  auto sums = distinct(contents(tree));
  const auto versions = tree / ".keepsake/versions";
  if (fs::exists(versions)) sums.merge(distinct(contents(versions)));
  return sums;
}

std::size_t lines_of_type(const Ran& ran, const std::string& type) {
  std::size_t count = 0;
  for (const json& line : ran.lines())
    if (line["message_type"] == type) ++count;
  return count;
}

void edit(const fs::path& file) { write_file(file, read_file(file) + "edited"); }

std::string original_in(const json& asset, const std::string& destination) {
  return path_in(rendition(asset, "original"), destination);
}

/// The digits that tell an asset's name from an equal one (the source's id stands in the settings).
std::string tag_of(const Journey& journey, const std::string& id) {
  const auto settings = read_file(journey.home() / "keepsake.toml");
  const auto at = settings.find("id = \"", settings.find("[source.pictures]")) + 6;
  const auto text =
      settings.substr(at, 32) + std::string(1, '\0') + "own" + std::string(1, '\0') + id;
  return keepsake::crypto::sha256(keepsake::bytes_of(text)).hex().substr(0, 6);
}

/// Takes the ledger back to before the last backup, and the tree to the state that a run killed
/// between storing and noting leaves: its files and its journal.
void forget_last_run(const Journey& journey, const std::string& tree, const std::string& ledger) {
  write_file(journey.home() / "catalog.db", ledger);
  std::string lines;
  const auto own = journey / tree / ".keepsake";
  for (const auto& file : fs::directory_iterator(own / "manifest")) {
    const auto text = read_file(file.path());
    lines += text.substr(text.find('\n') + 1);
  }
  fs::remove_all(own / "manifest");
  fs::remove(own / "SHA256SUMS");
  write_file(own / "journal", lines + "-- done\n");
}

}  // namespace

TEST_CASE("an edited original becomes a new version, and the old one is kept") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto old_sum = sha256_of(journey / "pictures/IMG_0002.JPG");
  edit(journey / "pictures/IMG_0002.JPG");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 1);
  CHECK(sha256_of(journey / "disk" / (month + "IMG_0002.JPG")) ==
        sha256_of(journey / "pictures/IMG_0002.JPG"));
  const auto versions = contents(journey / "disk/.keepsake/versions");
  REQUIRE(versions.size() == 1);
  CHECK(versions.begin()->second == old_sum);
  CHECK(fs::path(versions.begin()->first).filename() == "original.1.JPG");
  CHECK(sums_are_right(journey / "disk"));
  journey.expect(0, {"verify"});
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
  const auto explained = journey.keepsake({"explain", "IMG_0002.JPG"}).lines().front();
  REQUIRE(explained["versions"].size() == 2);
  CHECK(explained["versions"][0]["sha256"] == old_sum);
  CHECK(explained["versions"][0]["superseded_at"].is_string());
}

TEST_CASE("a file that was only touched gets no new version") {
  const Journey journey;
  set_up_trip(journey, {"disk", "drive"});
  journey.expect(0, {"backup"});
  const auto before = contents(journey / "disk");
  fs::last_write_time(journey / "pictures/IMG_0002.JPG",
                      fs::file_time_type::clock::now() - std::chrono::hours(5));

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(contents(journey / "disk") == before);
  CHECK_FALSE(fs::exists(journey / "disk/.keepsake/versions"));
  CHECK(sums_are_right(journey / "disk"));
  CHECK(journey.keepsake({"explain", "IMG_0002.JPG"}).lines().front()["versions"].size() == 1);
  journey.expect(0, {"verify"});
  CHECK(journey.expect(0, {"backup"})["bytes_fetched"] == 0);
}

TEST_CASE(
    "a photo deleted at its source is gone there and held here, and fills a later destination") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto sum = sha256_of(journey / "pictures/IMG_0002.JPG");
  fs::remove(journey / "pictures/IMG_0002.JPG");

  const auto gone = journey.expect(0, {"backup"});
  CHECK(gone["assets_seen"] == 12);
  CHECK(gone["assets_held"] == 12);
  CHECK(journey.find({"is:gone"}).at("IMG_0002.JPG")["gone_at"].is_string());
  CHECK(sha256_of(journey / "disk" / (month + "IMG_0002.JPG")) == sum);
  journey.expect(0, {"destination", "add", "drive", "folder", "drive"});
  journey.expect(0, {"backup"});

  CHECK(sha256_of(journey / "drive" / (month + "IMG_0002.JPG")) == sum);
  CHECK(contents(journey / "drive") == contents(journey / "disk"));
  CHECK(sums_are_right(journey / "drive"));
}

TEST_CASE("a gone photo that comes back is one photo still") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  fs::rename(journey / "pictures/IMG_0002.JPG", journey / "away.JPG");
  journey.expect(0, {"backup"});
  fs::rename(journey / "away.JPG", journey / "pictures/IMG_0002.JPG");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(journey.find({"is:gone"}).empty());
  CHECK(contents(journey / "disk").size() == 12);
}

TEST_CASE("a video that was seen before its still keeps its name when the still joins it") {
  const Journey journey;
  fs::create_directories(journey / "pictures");
  fs::copy(demo / "DCIM/100APPLE/IMG_0042.MOV", journey / "pictures/IMG_0042.MOV");
  journey.set_up({"disk"});
  journey.expect(0, {"backup"});
  fs::copy(demo / "DCIM/100APPLE/IMG_0042.HEIC", journey / "pictures/IMG_0042.HEIC");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 1);
  const auto assets = journey.find();
  REQUIRE(assets.size() == 1);
  const auto& [id, asset] = *assets.begin();
  CHECK(id == "IMG_0042.MOV");
  CHECK(asset["kind"] == "live");
  CHECK(original_in(asset, "disk") == "Photos/2024/2024-08/IMG_0042.HEIC");
  CHECK(path_in(rendition(asset, "live-video"), "disk") == "Photos/2024/2024-08/IMG_0042.MOV");
  CHECK(journey.expect(0, {"explain", "IMG_0042.HEIC"})["count"] == 1);
  CHECK(sums_are_right(journey / "disk"));
}

TEST_CASE("a renamed file is the same photo, stays where it is kept, and is read by nobody again") {
  const Journey journey;
  set_up_trip(journey, {"disk", "drive"});
  journey.expect(0, {"backup"});
  const auto before = contents(journey / "disk");
  fs::rename(journey / "pictures/IMG_0002.JPG", journey / "pictures/temple.JPG");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(summary["bytes_fetched"] == 0);
  CHECK(summary["assets_seen"] == 12);
  const auto assets = journey.find({"-is:gone"});
  CHECK_FALSE(assets.contains("IMG_0002.JPG"));
  const auto& moved = assets.at("temple.JPG");
  CHECK(moved["moved_from"] == "IMG_0002.JPG");
  CHECK(moved["gone_at"] == nullptr);
  CHECK(original_in(moved, "disk") == month + "IMG_0002.JPG");
  CHECK(journey.find({"is:gone"}).empty());
  CHECK(contents(journey / "disk") == before);
  CHECK(contents(journey / "drive") == before);
  CHECK(sums_are_right(journey / "disk"));
  CHECK(journey.expect(0, {"explain", "IMG_0002.JPG"})["count"] == 1);
  CHECK(journey.expect(0, {"backup"})["bytes_fetched"] == 0);
  journey.expect(0, {"verify"});
}

TEST_CASE("a renamed folder of a thousand photos stops nothing and moves nothing") {
  const Journey journey;
  make_small_library(journey / "pictures/old", 1000);
  journey.set_up({"disk"});
  journey.expect(0, {"backup"});
  const auto before = contents(journey / "disk");
  fs::rename(journey / "pictures/old", journey / "pictures/new");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["bytes_fetched"] == 0);
  CHECK(summary["assets_seen"] == 1000);
  CHECK(contents(journey / "disk") == before);
  CHECK(sums_are_right(journey / "disk"));
  CHECK(journey.find({"is:gone"}).empty());
  for (const auto& [id, asset] : journey.find()) CHECK(id.starts_with("new/"));
  journey.expect(0, {"catalog", "rebuild"});
  for (const auto& [id, asset] : journey.find()) CHECK(asset["moved_from"].is_string());
}

TEST_CASE("a photo deleted and put back later under another name goes on as it was") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto before = contents(journey / "disk");
  fs::rename(journey / "pictures/IMG_0002.JPG", journey / "away.JPG");
  journey.expect(0, {"backup"});
  fs::create_directories(journey / "pictures/shared");
  fs::rename(journey / "away.JPG", journey / "pictures/shared/back.JPG");

  CHECK(journey.expect(0, {"backup"})["bytes_fetched"] == 0);

  CHECK(journey.find({"is:gone"}).empty());
  CHECK(journey.find().at("shared/back.JPG")["moved_from"] == "IMG_0002.JPG");
  CHECK(contents(journey / "disk") == before);
}

TEST_CASE("names that differ by case only do not overwrite each other anywhere") {
  const Journey journey;
  fs::create_directories(journey / "pictures");
  fs::copy(demo / "2024 Kyoto/IMG_0002.JPG", journey / "pictures/IMG_0002.JPG");
  fs::copy(demo / "2024 Kyoto/IMG_0004.JPG", journey / "pictures/img_0002.jpg");
  journey.set_up({"disk"});

  journey.expect(0, {"backup"});

  const auto assets = journey.find();
  CHECK(original_in(assets.at("IMG_0002.JPG"), "disk") == month + "IMG_0002.JPG");
  CHECK(original_in(assets.at("img_0002.jpg"), "disk") ==
        month + "img_0002 (" + tag_of(journey, "img_0002.jpg") + ").jpg");
}

TEST_CASE("namesakes are told apart by a tag that follows from their source, library and id") {
  const Journey journey;
  fs::create_directories(journey / "pictures/a");
  fs::create_directories(journey / "pictures/b");
  fs::copy(demo / "DCIM/100APPLE/IMG_0042.HEIC", journey / "pictures/a/IMG_0042.HEIC");
  for (const char* name : {"IMG_0042.HEIC", "IMG_0042.MOV"})
    fs::copy(demo / "DCIM/100APPLE" / name, journey / "pictures/b" / name);
  journey.set_up({"disk"});

  journey.expect(0, {"backup"});

  const auto assets = journey.find();
  const auto tag = tag_of(journey, "b/IMG_0042.HEIC");
  const std::string august = "Photos/2024/2024-08/";
  CHECK(original_in(assets.at("a/IMG_0042.HEIC"), "disk") == august + "IMG_0042.HEIC");
  CHECK(original_in(assets.at("b/IMG_0042.HEIC"), "disk") ==
        august + "IMG_0042 (" + tag + ").HEIC");
  CHECK(path_in(rendition(assets.at("b/IMG_0042.HEIC"), "live-video"), "disk") ==
        august + "IMG_0042 (" + tag + ").MOV");
}

TEST_CASE("a sidecar whose photo is gone is counted among what is ignored") {
  const Journey journey;
  fs::create_directories(journey / "pictures");
  for (const char* name : {"wedding.jpg", "wedding.jpg.xmp", "grandmother.jpg"})
    fs::copy(demo / "Scans" / name, journey / "pictures" / name);
  journey.set_up({"disk"});
  CHECK(journey.expect(0, {"backup"})["ignored"] == 0);
  fs::remove(journey / "pictures/wedding.jpg");

  CHECK(journey.expect(0, {"backup"})["ignored"] == 1);
  CHECK(journey.expect(0, {"backup"})["ignored"] == 1);
}

TEST_CASE("a photo changed after a kill is not taken for the bytes that the killed run stored") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup", "--dry-run"});
  const auto ledger = read_file(journey.home() / "catalog.db");
  journey.expect(0, {"backup"});
  const auto old_sums = distinct(contents(journey / "disk"));
  forget_last_run(journey, "disk", ledger);
  edit(journey / "pictures/IMG_0002.JPG");
  fs::remove(journey / "pictures/IMG_0004.JPG");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 1);
  CHECK(sha256_of(journey / "disk" / (month + "IMG_0002.JPG")) ==
        sha256_of(journey / "pictures/IMG_0002.JPG"));
  const auto sums = everything_in(journey / "disk");
  for (const auto& sum : old_sums) CHECK(sums.contains(sum));
  CHECK(journey.find({"is:gone"}).contains("IMG_0004.JPG"));
  CHECK(sums_are_right(journey / "disk"));
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
  journey.expect(0, {"verify"});
}

TEST_CASE("a ransomed source stops every backup, and nothing is written, before it is accepted") {
  const Journey journey;
  set_up_trip(journey, {"disk", "drive"});
  journey.expect(0, {"backup"});
  const auto photos = everything_in(journey / "disk");
  const auto before = listing(journey / "disk");
  ransom(journey / "pictures");

  const Ran stopped = journey.keepsake({"backup", "--yes"});

  CHECK(stopped.exit_code == 24);
  CHECK(stopped.lines().back()["code"] == 24);
  CHECK(stopped.lines().back()["cause"] == "safety_stop");
  CHECK(lines_of_type(stopped, "change") == journey.find().size());
  CHECK(stopped.lines().front()["change"] == "replaced");
  journey.expect(24, {"backup", "--to", "drive"});
  journey.expect(24, {"backup", "--dry-run"});
  journey.expect(24, {"backup"});
  CHECK(listing(journey / "disk") == before);
  CHECK(journey.find({"is:gone"}).empty());
  journey.expect(0, {"verify"});
  journey.expect(0, {"restore", "--from", "disk", "--to", "back"});
  CHECK(distinct(contents(journey / "back")) == photos);
}

TEST_CASE("an accepted mass change goes on once, and every older version stays") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto photos = everything_in(journey / "disk");
  ransom(journey / "pictures");
  journey.expect(24, {"backup"});

  journey.expect(0, {"backup", "--accept-changes"});

  const auto kept = everything_in(journey / "disk");
  for (const auto& sum : photos) CHECK(kept.contains(sum));
  CHECK(kept.size() == 2 * photos.size());
  CHECK(sums_are_right(journey / "disk"));
  journey.expect(0, {"verify"});
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
  journey.expect(0, {"destination", "add", "later", "folder", "later"});
  journey.expect(0, {"backup"});
  ransom(journey / "pictures");
  for (const auto& entry : fs::directory_iterator(journey / "pictures")) edit(entry.path());
  journey.expect(24, {"backup"});
}

TEST_CASE("few changed photos, and many new ones, stop no backup") {
  const Journey journey;
  make_small_library(journey / "pictures", 300);
  journey.set_up({"disk"});
  journey.expect(0, {"backup"});
  auto changed = 0;
  for (const auto& entry : fs::recursive_directory_iterator(journey / "pictures"))
    if (entry.is_regular_file() && ++changed <= 15) edit(entry.path());
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 15);

  for (const auto& entry : fs::recursive_directory_iterator(journey / "pictures"))
    if (entry.is_regular_file() && --changed < 16) edit(entry.path());

  const auto error = journey.keepsake({"backup"});
  CHECK(error.exit_code == 24);
  CHECK(lines_of_type(error, "change") == 16);
}

TEST_CASE("a library that was copied over or touched as a whole stops no backup") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto before = contents(journey / "disk");
  for (const auto& entry : fs::directory_iterator(journey / "pictures"))
    fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(5));

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(contents(journey / "disk") == before);
  CHECK_FALSE(fs::exists(journey / "disk/.keepsake/versions"));
}

TEST_CASE("photos written over at the same length are seen for what they are") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  for (const auto& entry : fs::directory_iterator(journey / "pictures"))
    write_file(entry.path(), std::string(entry.file_size(), 'x'));

  journey.expect(24, {"backup"});

  CHECK_FALSE(fs::exists(journey / "disk/.keepsake/versions"));
}

TEST_CASE("what a rule excludes is counted, explained by the rule, and kept where there is none") {
  const Journey journey;
  set_up_trip(journey, {"disk", "drive"});
  const auto settings = journey.home() / "keepsake.toml";
  const auto plain = read_file(settings);
  auto ruled = plain;
  const std::string table = "[destination.disk]\n";
  ruled.insert(ruled.find(table) + table.size(), "exclude = [\"name:IMG_0002*\"]\n");
  write_file(settings, ruled);

  const auto alone = journey.expect(0, {"backup", "--to", "disk"});
  const auto both = journey.expect(0, {"backup"});

  CHECK(alone["assets_seen"] == 12);
  CHECK(alone["assets_held"] == 11);
  CHECK(alone["assets_excluded"] == 1);
  CHECK(both["assets_held"] == 12);
  CHECK(both["assets_excluded"] == 0);
  CHECK_FALSE(fs::exists(journey / "disk" / (month + "IMG_0002.JPG")));
  CHECK(fs::exists(journey / "drive" / (month + "IMG_0002.JPG")));
  auto explain = journey.command({"explain", "IMG_0002.JPG"});
  std::erase(explain.words, "--json");
  CHECK(run(explain).out.find("disk: excluded (name:IMG_0002*)") != std::string::npos);
  CHECK(of(journey.expect(0, {"status"}), "disk")["excluded"] == 1);
  write_file(settings, plain);
  CHECK(journey.expect(0, {"backup"})["assets_held"] == 12);
  CHECK(fs::exists(journey / "disk" / (month + "IMG_0002.JPG")));
}
