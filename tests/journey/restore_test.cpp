// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"

#include <doctest/doctest.h>

using namespace keepsake::tests;

namespace {

void set_up_library(const Journey& journey) {
  copy_demo_library(journey / "pictures");
  fs::remove(journey / "pictures/Broken/empty.jpg");
  fs::remove(journey / "pictures/Broken/zeros.heic");
  journey.set_up({"disk"});
  journey.expect(0, {"backup"});
}

}  // namespace

TEST_CASE("everything comes back: the same paths, bytes and times") {
  const Journey journey;
  set_up_library(journey);
  const auto tree = listing(journey / "disk");

  const auto summary = journey.expect(0, {"restore", "--from", "disk", "--to", "back"});

  const auto kept = contents(journey / "disk");
  CHECK(contents(journey / "back") == kept);
  for (const auto& [path, sum] : kept) {
    CAPTURE(path);
    CHECK(seconds_of(journey / "back" / path) == seconds_of(journey / "disk" / path));
  }
  CHECK(summary["files"] == kept.size());
  CHECK(summary["assets"] == journey.find().size());
  CHECK(summary["not_restored"].empty());
  CHECK(summary["not_there"] == 0);
  CHECK(listing(journey / "disk") == tree);
}

TEST_CASE("a query brings back what it names, whole photos at a time") {
  const Journey journey;
  set_up_library(journey);

  const auto live = journey.expect(0, {"restore", "type:live", "--from", "disk", "--to", "live"});
  const auto trip = journey.expect(
      0, {"restore", "taken:2024-05", "-name:*.JPG", "--from", "disk", "--to", "trip"});
  const auto odd =
      journey.expect(0, {"restore", "name:caf\\xE9.jpg", "--from", "disk", "--to", "odd"});

  CHECK(live["assets"] == 2);
  CHECK(live["files"] == 4);
  CHECK(contents(journey / "live").size() == 4);
  CHECK(trip["assets"] == 6);
  CHECK(contents(journey / "trip").size() == 6);
  CHECK(odd["assets"] == 1);
}

TEST_CASE("restoring twice finds the equal files there, counts them and rewrites none") {
  const Journey journey;
  set_up_library(journey);
  journey.expect(0, {"restore", "--from", "disk", "--to", "back"});
  const auto before = listing(journey / "back");

  const auto again = journey.expect(0, {"restore", "--from", "disk", "--to", "back"});

  CHECK(again["equal"] == again["files"]);
  CHECK(again["assets"] == journey.find().size());
  CHECK(listing(journey / "back") == before);
}

TEST_CASE("a different file in the way is left alone and named") {
  const Journey journey;
  set_up_library(journey);
  const std::string path = "Photos/2024/2024-05/IMG_0001.HEIC";
  write_file(journey / "back" / path, "my own");

  const auto summary = journey.expect(3, {"restore", "--from", "disk", "--to", "back"});

  REQUIRE(summary["not_restored"].size() == 1);
  CHECK(summary["not_restored"][0]["path"] == path);
  CHECK(summary["not_restored"][0]["cause"] == "conflict");
  CHECK(summary["not_restored"][0]["asset"] == "2024 Kyoto/IMG_0001.HEIC");
  CHECK(read_file(journey / "back" / path) == "my own");
  CHECK(summary["assets"] == journey.find().size() - 1);
}

TEST_CASE("what is gone at its source comes back only when asked for") {
  const Journey journey;
  set_up_library(journey);
  fs::remove(journey / "pictures/Scans/grandmother.jpg");
  journey.expect(0, {"backup"});

  const auto rest = journey.expect(0, {"restore", "--from", "disk", "--to", "rest"});
  const auto gone = journey.expect(0, {"restore", "is:gone", "--from", "disk", "--to", "gone"});

  CHECK_FALSE(fs::exists(journey / "rest/Photos/Undated/grandmother.jpg"));
  CHECK(rest["assets"] == journey.find().size() - 1);
  CHECK(gone["assets"] == 1);
  CHECK(contents(journey / "gone").contains("Photos/Undated/grandmother.jpg"));
}

TEST_CASE("a damaged or missing copy is never restored, and it is named") {
  const Journey journey;
  set_up_library(journey);
  const std::string torn = "Photos/2024/2024-05/IMG_0001.HEIC";
  const std::string lost = "Photos/2024/2024-05/IMG_0002.JPG";
  auto bytes = read_file(journey / "disk" / torn);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  write_file(journey / "disk" / torn, bytes);
  fs::remove(journey / "disk" / lost);

  const auto summary = journey.expect(3, {"restore", "--from", "disk", "--to", "back"});

  std::map<std::string, std::string> causes;
  for (const json& it : summary["not_restored"]) causes[it["path"]] = it["cause"];
  CHECK(causes == std::map<std::string, std::string>{{torn, "corrupt"}, {lost, "not_found"}});
  const auto back = contents(journey / "back");
  CHECK_FALSE(back.contains(torn));
  CHECK(back.size() == contents(journey / "disk").size() - 1);
}

TEST_CASE("a dry run of a restore names the files and writes none") {
  const Journey journey;
  set_up_library(journey);

  const auto summary =
      journey.expect(0, {"restore", "--from", "disk", "--to", "back", "--dry-run"});

  CHECK(summary["files"] == contents(journey / "disk").size());
  CHECK_FALSE(fs::exists(journey / "back"));
}

TEST_CASE("nothing is restored into the destination itself, nor from one that is not there") {
  const Journey journey;
  set_up_library(journey);

  journey.expect(2, {"restore", "--from", "disk", "--to", "disk/back"});
  fs::rename(journey / "disk", journey / "unplugged");

  journey.expect(23, {"restore", "--from", "disk", "--to", "back"});
}

TEST_CASE("what the destination never held is counted and changes nothing") {
  const Journey journey;
  set_up_library(journey);
  journey.expect(0, {"destination", "add", "drive", "folder", "drive"});

  const auto summary = journey.expect(0, {"restore", "--from", "drive", "--to", "back"});

  CHECK(summary["assets"] == 0);
  CHECK(summary["not_there"] == journey.find().size());
}
