// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace keepsake::tests;

namespace {

/// The demo library without its two files that can never be safe.
void copy_whole_photos(const fs::path& to) {
  copy_demo_library(to);
  fs::remove(to / "Broken/empty.jpg");
  fs::remove(to / "Broken/zeros.heic");
}

}  // namespace

TEST_CASE("a first backup brings every photo into every tree, and the trees prove it") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk", "drive"});

  const auto summary = journey.expect(0, {"backup"});

  auto wanted = distinct(contents(journey / "pictures"));
  wanted.erase(sha256_of(journey / "pictures/notes.txt"));
  for (const char* tree : {"disk", "drive"}) {
    CAPTURE(tree);
    CHECK(distinct(contents(journey / tree)) == wanted);
    CHECK(sums_are_right(journey / tree));
    CHECK(fs::is_empty(journey / tree / ".keepsake/tmp") !=
          !fs::exists(journey / tree / ".keepsake/tmp"));
  }
  CHECK(summary["assets_seen"] == summary["assets_held"]);
  CHECK(summary["assets_pending"] == 0);
  CHECK(summary["assets_failed"] == 0);
  CHECK(summary["ignored"] == 1);
  CHECK(summary["not_safe"].empty());
  CHECK(summary["destinations"].size() == 2);
  CHECK(contents(journey / "disk") == contents(journey / "drive"));
}

TEST_CASE("a backup of many files notes every one that it stored") {
  constexpr int files = 900;
  const Journey journey;
  make_small_library(journey / "pictures", files);
  journey.set_up({"disk"});

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["assets_held"] == files);
  CHECK(summary["renditions_fetched"] == files);
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
  CHECK(sums_are_right(journey / "disk"));
}

TEST_CASE("a second backup fetches nothing and touches no file of any tree or source") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk", "drive"});
  const auto source = listing(journey / "pictures");
  journey.expect(0, {"backup"});
  const auto disk = listing(journey / "disk");
  const auto drive = listing(journey / "drive");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(summary["bytes_fetched"] == 0);
  CHECK(summary["ignored"] == 1);
  CHECK(listing(journey / "pictures") == source);
  CHECK(listing(journey / "disk") == disk);
  CHECK(listing(journey / "drive") == drive);
}

TEST_CASE("a dry run names what it would keep and writes nothing to any destination") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});
  const auto before = listing(journey / "disk");

  const auto ran = journey.keepsake({"backup", "--dry-run"});
  const auto lines = ran.lines();

  CHECK(ran.exit_code == 0);
  CHECK(listing(journey / "disk") == before);
  const auto steps = std::count_if(
      lines.begin(), lines.end(), [](const json& line) { return line["message_type"] == "step"; });
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == steps);
}

TEST_CASE("the files of one photo stay together: Live Photos, edits, RAW and sidecars") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});

  journey.expect(0, {"backup"});
  const auto assets = journey.find();

  struct Row {
    const char* id;
    const char* kind;
    std::map<std::string, std::string> files;  // role -> path in the tree
  };

  const std::string august = "Photos/2024/2024-08/";
  const std::string december = "Photos/2023/2023-12/";
  for (const Row& row : {
           Row{"DCIM/100APPLE/IMG_0042.HEIC",
               "live",
               {{"original", august + "IMG_0042.HEIC"}, {"live-video", august + "IMG_0042.MOV"}}},
           Row{"DCIM/100APPLE/IMG_0043.JPG",
               "live",
               {{"original", august + "IMG_0043.JPG"}, {"live-video", august + "IMG_0043.MOV"}}},
           Row{"DCIM/100APPLE/IMG_0044.MOV", "video", {{"original", august + "IMG_0044.MOV"}}},
           Row{"DCIM/100APPLE/IMG_0010.JPG",
               "photo",
               {{"original", august + "IMG_0010.JPG"},
                {"edited", august + "IMG_0010 (edited).JPG"},
                {"adjustment", august + "IMG_0010.AAE"}}},
           Row{"Camera/DSC_0001.JPG",
               "photo",
               {{"original", december + "DSC_0001.JPG"}, {"raw", december + "DSC_0001.DNG"}}},
           Row{"Scans/wedding.jpg",
               "photo",
               {{"original", "Photos/Undated/wedding.jpg"},
                {"sidecar", "Photos/Undated/wedding.jpg.xmp"}}},
       }) {
    CAPTURE(row.id);
    REQUIRE(assets.contains(row.id));
    const json& asset = assets.at(row.id);
    CHECK(asset["kind"] == row.kind);
    CHECK(asset["renditions"].size() == row.files.size());
    for (const auto& [role, path] : row.files) {
      CAPTURE(role);
      const auto file = rendition(asset, role);
      REQUIRE(file.is_object());
      CHECK(file["state"] == "held");
      CHECK(path_in(file, "disk") == path);
      CHECK(file["sha256"] == sha256_of(journey / "disk" / path));
    }
  }
  CHECK(assets.at("DCIM/100APPLE/IMG_0010.JPG")["edited"] == true);
  CHECK(assets.at("Scans/wedding.jpg")["title"] == "Wedding");
  CHECK(assets.at("Scans/wedding.jpg")["taken"] == nullptr);
  CHECK(assets.at("DCIM/100APPLE/IMG_0042.HEIC")["taken"] == "2024-08-17T19:00:00-04:00");
  CHECK(assets.at("WhatsApp/IMG-20190704-WA0012.jpg")["taken_from"] == "name");
}

TEST_CASE("files bear the time their photo was taken, and undated ones the time of their source") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});

  journey.expect(0, {"backup"});

  constexpr std::int64_t evening = 1723935600;  // 2024-08-17T19:00:00-04:00
  CHECK(seconds_of(journey / "disk/Photos/2024/2024-08/IMG_0042.HEIC") == evening);
  CHECK(seconds_of(journey / "disk/Photos/2024/2024-08/IMG_0042.MOV") == evening);
  CHECK(seconds_of(journey / "disk/Photos/Undated/wedding.jpg") ==
        seconds_of(journey / "pictures/Scans/wedding.jpg"));
}

TEST_CASE("a picture that is broken at its source is kept as it is, and told when it is new") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});
  const auto told_by_a_backup = [&] {
    std::map<std::string, json> told;
    for (const json& line : journey.keepsake({"backup"}).lines())
      if (line["message_type"] == "odd") told[line["asset"]] = line["warnings"];
    return told;
  };

  const auto told = told_by_a_backup();

  REQUIRE(told.contains("Broken/torn.jpg"));
  CHECK(told.at("Broken/torn.jpg")[0].get<std::string>().find("ends early") != std::string::npos);
  CHECK(!told.contains("2023 Home/IMG_0002.JPG"));
  CHECK(told_by_a_backup().empty());
  CHECK(journey.keepsake({"explain", "torn.jpg"}).lines().front()["warnings"] ==
        told.at("Broken/torn.jpg"));
}

TEST_CASE("hostile names become harmless ones, and the true names stay known") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});

  journey.expect(0, {"backup"});
  const auto assets = journey.find({"name:*"});

  for (const auto& [id, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Odd names/-rf.jpg", "-rf.jpg"},
           {"Odd names/new\nline 'and' \"quotes\".jpg", "new_line 'and' _quotes_.jpg"},
           {"Odd names/\u202Egpj.exe.jpg", "_gpj.exe.jpg"},
           {"Odd names/caf\\xE9.jpg", "caf%E9.jpg"},
           {"Odd names/Zu\u0308rich.jpg", "Z\u00FCrich.jpg"},
           {"Odd names/CON.jpg", "_CON.jpg"},
           {"Odd names/ends with a dot..JPG", "ends with a dot.JPG"}}) {
    CAPTURE(id);
    REQUIRE(assets.contains(id));
    CHECK(path_in(rendition(assets.at(id), "original"), "disk") ==
          std::string("Photos/2020/2020-02/") + name);
  }
  CHECK(assets.at("Odd names/caf\\xE9.jpg")["raw"] == "T2RkIG5hbWVzL2NhZukuanBn");
  CHECK(journey.expect(0, {"explain", "Odd names/caf\\xE9.jpg"})["count"] == 1);
}

TEST_CASE("copies of one photo share their room") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});

  const auto summary = journey.expect(0, {"backup"});

  const auto assets = journey.find({"taken:2022-10"});
  REQUIRE(assets.size() == 3);
  std::set<std::string> paths;
  for (const auto& [id, asset] : assets)
    paths.insert(path_in(rendition(asset, "original"), "disk"));
  CHECK(paths.size() == 3);
  const auto lone = paths.begin();
  const bool linked = fs::hard_link_count(journey / "disk" / *lone) == 3;
  const auto held = journey.status()["destinations"][0]["bytes"].get<std::uint64_t>();
  const auto written = summary["destinations"][0]["bytes_written"].get<std::uint64_t>();
  CHECK((linked || written >= held));  // where the file system clones, the links stay one each
}

TEST_CASE("with --json every line is JSON, mistakes included, and the last says how it ended") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});
  journey.expect(0, {"backup"});

  for (const auto& words : std::vector<std::vector<std::string>>{
           {"frobnicate"},
           {},
           {"backup", "--frobnicate"},
           {"backup", "nosuch"},
           {"backup", "--to", "nosuch"},
           {"verify", "--read", "200%"},
           {"verify", "--read", "nan%"},
           {"verify", "nosuch"},
           {"restore", "--from", "disk"},
           {"restore", "--from", "nosuch", "--to", "out"},
           {"find", "missing-from:nosuch"},
           {"source", "add", "Bad Name", "folder", "pictures"},
           {"source", "add", "second", "folder", "nowhere/at/all"},
           {"explain", "nosuch"},
           {"explain", "IMG_0001.HEIC"}}) {
    CAPTURE(words);
    const auto ran = journey.keepsake(words);
    const bool is_absent = words.size() == 5 && words[4] == "nowhere/at/all";
    CHECK(ran.exit_code == (is_absent ? 23 : 2));
    for (const json& line : ran.lines()) CHECK(line.contains("message_type"));
    CHECK(ran.summary()["message_type"] == "error");
    CHECK(ran.summary()["code"] == ran.exit_code);
    CHECK_FALSE(ran.summary()["message"].get<std::string>().empty());
  }
}

TEST_CASE("explain lists the photos of an ambiguous name") {
  const Journey journey;
  copy_whole_photos(journey / "pictures");
  journey.set_up({"disk"});
  journey.expect(0, {"backup"});

  const auto ran = journey.keepsake({"explain", "IMG_0001.HEIC"});

  CHECK(ran.exit_code == 2);
  const auto lines = ran.lines();
  CHECK(lines.size() == 4);
  CHECK(lines.front()["message_type"] == "asset");
  const auto sum = sha256_of(journey / "pictures/2024 Kyoto/IMG_0001.HEIC");
  for (const auto& name : {std::string("2024 Kyoto/IMG_0001.HEIC"),
                           sum,
                           sum.substr(0, 8),
                           std::string("Photos/2024/2024-05/IMG_0001.HEIC")}) {
    CAPTURE(name);
    const auto explained = journey.keepsake({"explain", name});
    CHECK(explained.exit_code == 0);
    CHECK(explained.lines().front()["id"] == "2024 Kyoto/IMG_0001.HEIC");
  }
}
