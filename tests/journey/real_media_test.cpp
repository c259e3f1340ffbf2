// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"
#include "tests/support/test_data.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace keepsake::tests;

namespace {

void set_up(const Journey& journey, const fs::path& media) {
  journey.expect(0, {"source", "add", "pictures", "folder", media.string()});
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
}

std::string with_colons(std::string date) {
  std::replace(date.begin(), date.begin() + 10, '-', ':');
  std::replace(date.begin(), date.end(), 'T', ' ');
  return date.substr(0, 19);
}

std::string text_or_nothing(const json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                         : std::string();
}

}  // namespace

TEST_CASE("real media is backed up whole, proven, restored alike, and left as it was") {
  const auto media = test_data("media");
  if (!media) return;
  const Journey journey;
  set_up(journey, *media);
  const auto source = listing(*media);

  const auto ran = journey.keepsake({"--verbose", "backup"});

  CHECK(ran.exit_code == 0);
  CHECK(sums_are_right(journey / "disk"));
  auto wanted = contents(*media);
  for (const json& line : ran.lines())
    if (line["message_type"] == "ignored") wanted.erase(line["path"].get<std::string>());
  CHECK(distinct(contents(journey / "disk")) == distinct(wanted));
  for (const auto& [path, sum] : wanted) {
    const auto extension = fs::path(path).extension();
    CHECK((extension != ".json" && extension != ".md" && extension != ".plist"));
  }
  CHECK(ran.summary()["ignored"].get<std::size_t>() + wanted.size() == contents(*media).size());
  journey.expect(0, {"verify"});
  journey.expect(0, {"restore", "--from", "disk", "--to", "back"});
  CHECK(contents(journey / "back") == contents(journey / "disk"));
  const auto disk = listing(journey / "disk");
  CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
  CHECK(listing(journey / "disk") == disk);
  CHECK(listing(*media) == source);
}

TEST_CASE("real media is understood: pairs, edits, sidecars, bursts, dates and places") {
  const auto media = test_data("media");
  if (!media) return;
  const Journey journey;
  set_up(journey, *media);

  journey.expect(0, {"backup"});
  const auto assets = journey.find();

  const json& live = assets.at("live/IMG_4580.HEIC");
  CHECK(live["kind"] == "live");
  CHECK(rendition(live, "live-video")["name"] == "IMG_4580.MOV");
  CHECK(live["taken"].get<std::string>().starts_with("2025-08-17T19:33:48"));
  CHECK(live["taken"].get<std::string>().ends_with("-04:00"));
  CHECK(assets.at("live/orphan_still_IMG_6161.HEIC")["kind"] == "photo");
  const json& edit = assets.at("edit/IMG_1853.HEIC");
  CHECK(edit["edited"] == true);
  CHECK(rendition(edit, "edited")["name"] == "IMG_E1853.HEIC");
  CHECK(rendition(edit, "adjustment")["name"] == "IMG_1853.AAE");
  CHECK_FALSE(assets.contains("edit/IMG_E1853.HEIC"));
  CHECK(rendition(assets.at("jpg/IMG_4179.jpeg"), "sidecar")["name"] == "IMG_4179.jpeg.xmp");
  CHECK(rendition(assets.at("sidecar/IMG_5910.jpg"), "sidecar")["name"] == "IMG_5910.xmp");
  for (const char* frame : {"burst/IMG_0658.JPG", "burst/IMG_0664.JPG"})
    CHECK(assets.at(frame)["burst"] == "D4E4B3D1-0E45-4987-BE12-76D604E25D2C");
  CHECK(assets.at("mov/IMG_3539.MOV")["taken"] == "2016-01-18T15:20:40-07:00");
  CHECK(assets.at("mov/Jellyfish.MOV")["taken"] == "2020-01-05T14:13:13-08:00");
  CHECK(assets.at("png/IMG_2908.PNG")["taken"].get<std::string>().ends_with("-00:00"));
  CHECK(assets.at("jpg/IMG_4547.jpg")["latitude"].get<double>() < 0);
  CHECK(assets.at("jpg/empty_gps.jpg")["latitude"] == nullptr);
  CHECK(assets.at("orientation/f1t.jpg")["taken"] == nullptr);
  for (const auto& [id, asset] : assets)
    for (const json& file : asset["renditions"]) CHECK(file["state"] == "held");
}

TEST_CASE("find tells the dates and places that exiftool reads") {
  const auto media = test_data("media");
  if (!media) return;
  const auto read = run({{"exiftool",
                          "-json",
                          "-n",
                          "-r",
                          "-q",
                          "-DateTimeOriginal",
                          "-CreateDate",
                          "-CreationDate",
                          "-ModifyDate",
                          "-GPSLatitude",
                          "-GPSLongitude",
                          media->string()}});
  if (read.exit_code == 127) {
    MESSAGE("skipped: exiftool is not installed");
    return;
  }
  const Journey journey;
  set_up(journey, *media);
  journey.expect(0, {"backup"});
  const auto assets = journey.find();

  const std::array tags{"DateTimeOriginal", "CreateDate", "CreationDate", "ModifyDate"};
  int dates = 0;
  int places = 0;
  for (const json& theirs : json::parse(read.out)) {
    const auto id = fs::relative(theirs["SourceFile"].get<std::string>(), *media).string();
    if (!assets.contains(id)) continue;
    CAPTURE(id);
    const json& ours = assets.at(id);
    const auto from = text_or_nothing(ours, "taken_from");
    if (from == "exif" || from == "quicktime") {
      const auto taken = with_colons(ours["taken"]);
      const bool agrees = std::any_of(tags.begin(), tags.end(), [&](const char* tag) {
        return taken == text_or_nothing(theirs, tag).substr(0, 19);
      });
      CHECK(agrees);
      ++dates;
    }
    if (ours["latitude"].is_number() && theirs.contains("GPSLatitude")) {
      CHECK(std::abs(ours["latitude"].get<double>() - theirs["GPSLatitude"].get<double>()) < 1e-6);
      CHECK(std::abs(ours["longitude"].get<double>() - theirs["GPSLongitude"].get<double>()) <
            1e-6);
      ++places;
    }
  }
  CHECK(dates >= 30);
  CHECK(places >= 15);
}
