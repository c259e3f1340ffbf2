// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/grouping.h"

#include "media/kinds.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::source;

namespace {

struct File {
  std::string name;
  std::string content_id{};
  std::string taken{};
  double seconds = 2.5;
};

std::vector<KnownFile> known(const std::vector<File>& files) {
  std::vector<KnownFile> known;
  for (const File& file : files) {
    KnownFile it;
    it.path = RelativePath::known("DCIM/" + file.name);
    const auto kind = media::kind_by_extension(file.name);
    if (kind) it.facts.family = kind->family;
    if (kind) it.facts.format = kind->format;
    if (!file.content_id.empty()) it.facts.content_id = file.content_id;
    if (!file.taken.empty())
      it.facts.taken = photo::Taken{*parse_rfc3339(file.taken), photo::TakenFrom::exif};
    if (it.facts.family == media::Family::video) it.facts.duration = file.seconds;
    known.push_back(std::move(it));
  }
  std::sort(known.begin(), known.end(), [](const auto& left, const auto& right) {
    return left.path < right.path;
  });
  return known;
}

/// `original:IMG_1.JPG raw:IMG_1.DNG | original:IMG_2.JPG | ignored:notes.txt`
std::string in_short(const Grouping& grouping) {
  std::vector<std::string> groups;
  for (const Group& group : grouping.groups) {
    std::string text;
    for (const auto& member : group.members)
      text += (text.empty() ? "" : " ") + std::string(photo::name(member.role)) + ":" +
              std::string(member.file->path.name());
    groups.push_back(std::move(text));
  }
  std::sort(groups.begin(), groups.end());
  for (const KnownFile* file : grouping.ignored)
    groups.push_back("ignored:" + std::string(file->path.name()));
  std::string text;
  for (const std::string& group : groups) text += (text.empty() ? "" : " | ") + group;
  return text;
}

const std::string noon = "2024-05-01T12:00:00+02:00";

struct Row {
  const char* name;
  std::vector<File> files;
  const char* groups;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto files = known(row.files);
    CHECK(in_short(group_files(files)) == row.groups);
  }
}

}  // namespace

TEST_CASE("an edit and its recipes belong to the photo they were made from") {
  check({
      {"edited photo",
       {{"IMG_1.HEIC"}, {"IMG_E1.HEIC"}, {"IMG_1.AAE"}},
       "original:IMG_1.HEIC edited:IMG_E1.HEIC adjustment:IMG_1.AAE"},
      {"the edit is a JPEG",
       {{"IMG_1.HEIC"}, {"IMG_E1.JPG"}},
       "original:IMG_1.HEIC edited:IMG_E1.JPG"},
      {"the camera's own recipe",
       {{"IMG_1.JPG"}, {"IMG_O1.AAE"}},
       "original:IMG_1.JPG adjustment:IMG_O1.AAE"},
      {"both recipes",
       {{"IMG_1.JPG"}, {"IMG_1.AAE"}, {"IMG_O1.AAE"}},
       "original:IMG_1.JPG adjustment:IMG_1.AAE adjustment:IMG_O1.AAE"},
      {"edited video",
       {{"IMG_1.MOV", "", "", 60}, {"IMG_E1.MOV", "", "", 30}},
       "original:IMG_1.MOV edited:IMG_E1.MOV"},
      {"case of names does not matter",
       {{"img_1.heic"}, {"IMG_e1.HEIC"}},
       "original:img_1.heic edited:IMG_e1.HEIC"},
      {"an edit without its original", {{"IMG_E1.HEIC"}}, "original:IMG_E1.HEIC"},
      {"a name that only looks like an edit",
       {{"IMG_1.JPG"}, {"IMG_EX.JPG"}},
       "original:IMG_1.JPG | original:IMG_EX.JPG"},
      {"a recipe without a photo", {{"IMG_1.AAE"}}, "ignored:IMG_1.AAE"},
      {"two photos of one stem, the edit goes with the HEIC",
       {{"IMG_1.JPG"}, {"IMG_1.HEIC"}, {"IMG_E1.HEIC"}},
       "original:IMG_1.HEIC edited:IMG_E1.HEIC | original:IMG_1.JPG"},
      {"two edits without their original are two photos",
       {{"IMG_E1.HEIC"}, {"IMG_E1.JPG"}},
       "original:IMG_E1.HEIC | original:IMG_E1.JPG"},
      {"an edited video is not the edit of a photo that bears its name",
       {{"IMG_1.JPG"}, {"IMG_1.MOV", "", "", 60}, {"IMG_E1.MOV", "", "", 30}},
       "original:IMG_1.JPG | original:IMG_1.MOV edited:IMG_E1.MOV"},
      {"an edited photo is not the edit of a video that bears its name",
       {{"IMG_E1.JPG"}, {"IMG_1.MOV", "", "", 60}},
       "original:IMG_1.MOV | original:IMG_E1.JPG"},
  });
}

TEST_CASE("a RAW belongs to the picture beside it") {
  check({
      {"JPEG and DNG", {{"IMG_1.JPG"}, {"IMG_1.DNG"}}, "original:IMG_1.JPG raw:IMG_1.DNG"},
      {"HEIC and DNG", {{"IMG_1.HEIC"}, {"IMG_1.DNG"}}, "original:IMG_1.HEIC raw:IMG_1.DNG"},
      {"a RAW alone", {{"IMG_1.DNG"}}, "original:IMG_1.DNG"},
      {"a RAW with its edit",
       {{"IMG_1.DNG"}, {"IMG_E1.JPG"}, {"IMG_1.AAE"}},
       "original:IMG_1.DNG edited:IMG_E1.JPG adjustment:IMG_1.AAE"},
      {"another stem", {{"IMG_1.JPG"}, {"IMG_2.DNG"}}, "original:IMG_1.JPG | original:IMG_2.DNG"},
  });
}

TEST_CASE("a still and a video with the same identifier are a Live Photo, whatever their names") {
  check({
      {"same stem",
       {{"IMG_1.HEIC", "A"}, {"IMG_1.MOV", "A", "", 60}},
       "original:IMG_1.HEIC live-video:IMG_1.MOV"},
      {"other stems",
       {{"beach.HEIC", "A"}, {"clip.MOV", "A"}},
       "original:beach.HEIC live-video:clip.MOV"},
      {"the same stem goes before another",
       {{"A.MOV", "A"}, {"B.HEIC", "A"}, {"B.MOV", "A"}},
       "original:A.MOV | original:B.HEIC live-video:B.MOV"},
      {"copies pair with their own stem",
       {{"IMG_1 (1).HEIC", "A"}, {"IMG_1 (1).MOV", "A"}, {"IMG_1.HEIC", "A"}, {"IMG_1.MOV", "A"}},
       "original:IMG_1 (1).HEIC live-video:IMG_1 (1).MOV | original:IMG_1.HEIC "
       "live-video:IMG_1.MOV"},
      {"edited pair",
       {{"IMG_1.HEIC", "A"}, {"IMG_1.MOV", "A"}, {"IMG_E1.HEIC", "A"}, {"IMG_E1.MOV", "A"}},
       "original:IMG_1.HEIC live-video:IMG_1.MOV edited:IMG_E1.HEIC "
       "edited-live-video:IMG_E1.MOV"},
      {"edited pair whose video has another stem",
       {{"a.HEIC", "A"}, {"IMG_1.MOV", "A"}, {"IMG_E1.MOV", "A"}},
       "original:a.HEIC live-video:IMG_1.MOV edited-live-video:IMG_E1.MOV"},
      {"an edited still without its original, with the video",
       {{"IMG_E1.HEIC", "A"}, {"IMG_1.MOV", "A"}},
       "original:IMG_E1.HEIC live-video:IMG_1.MOV"},
      {"both edits without their originals",
       {{"IMG_E1.HEIC", "A"}, {"IMG_E1.MOV", "A"}},
       "original:IMG_E1.HEIC live-video:IMG_E1.MOV"},
      {"RAW, JPEG and video",
       {{"IMG_1.JPG", "A"}, {"IMG_1.DNG", "A"}, {"IMG_1.MOV", "A"}},
       "original:IMG_1.JPG raw:IMG_1.DNG live-video:IMG_1.MOV"},
  });
}

TEST_CASE("without an identifier only a short video of the same name and moment is a Live Photo") {
  check({
      {"same moment",
       {{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", noon}},
       "original:IMG_1.JPG live-video:IMG_1.MOV"},
      {"three seconds apart",
       {{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", "2024-05-01T10:00:03Z"}},
       "original:IMG_1.JPG live-video:IMG_1.MOV"},
      {"four seconds apart",
       {{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", "2024-05-01T10:00:04Z"}},
       "original:IMG_1.JPG | original:IMG_1.MOV"},
      {"four seconds long",
       {{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", noon, 4}},
       "original:IMG_1.JPG live-video:IMG_1.MOV"},
      {"longer",
       {{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", noon, 4.1}},
       "original:IMG_1.JPG | original:IMG_1.MOV"},
      {"undated still",
       {{"IMG_1.JPG"}, {"IMG_1.MOV", "", noon}},
       "original:IMG_1.JPG | original:IMG_1.MOV"},
      {"only one has an identifier",
       {{"IMG_1.JPG", "A", noon}, {"IMG_1.MOV", "", noon}},
       "original:IMG_1.JPG live-video:IMG_1.MOV"},
      {"identifiers contradict",
       {{"IMG_1.JPG", "A", noon}, {"IMG_1.MOV", "B", noon}},
       "original:IMG_1.JPG | original:IMG_1.MOV"},
      {"other names",
       {{"IMG_1.JPG", "", noon}, {"IMG_2.MOV", "", noon}},
       "original:IMG_1.JPG | original:IMG_2.MOV"},
      {"one still has one video",
       {{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", noon}, {"IMG_1.MP4", "", noon}},
       "original:IMG_1.JPG live-video:IMG_1.MOV | original:IMG_1.MP4"},
      {"edits alone are paired by the same rule",
       {{"IMG_E1.JPG", "", noon}, {"IMG_E1.MOV", "", noon, 60}},
       "original:IMG_E1.JPG | original:IMG_E1.MOV"},
  });
}

TEST_CASE("a sidecar belongs to the file it is named after, or to its stem") {
  check({
      {"name.xmp", {{"IMG_1.JPG"}, {"IMG_1.xmp"}}, "original:IMG_1.JPG sidecar:IMG_1.xmp"},
      {"name.ext.xmp",
       {{"IMG_1.JPG"}, {"IMG_1.JPG.xmp"}},
       "original:IMG_1.JPG sidecar:IMG_1.JPG.xmp"},
      {"of one of two stills",
       {{"IMG_1.JPG"}, {"IMG_1.HEIC"}, {"IMG_1.JPG.xmp"}},
       "original:IMG_1.HEIC | original:IMG_1.JPG sidecar:IMG_1.JPG.xmp"},
      {"of a RAW beside its JPEG",
       {{"IMG_1.JPG"}, {"IMG_1.DNG"}, {"IMG_1.DNG.xmp"}},
       "original:IMG_1.JPG raw:IMG_1.DNG sidecar:IMG_1.DNG.xmp"},
      {"a stem with dots",
       {{"Shot 12.30.45.png"}, {"Shot 12.30.45.xmp"}},
       "original:Shot 12.30.45.png sidecar:Shot 12.30.45.xmp"},
      {"a stem with dots, both extensions",
       {{"Shot 12.30.45.png"}, {"Shot 12.30.45.png.xmp"}},
       "original:Shot 12.30.45.png sidecar:Shot 12.30.45.png.xmp"},
      {"nobody's", {{"IMG_1.xmp"}, {"notes.txt"}}, "ignored:IMG_1.xmp | ignored:notes.txt"},
  });
}

TEST_CASE("times of which only one is a moment may differ by a zone") {
  struct Moments {
    const char* left;
    const char* right;
    bool together;
  };

  for (const Moments& row : {
           Moments{"2024-05-01T12:00:00+02:00", "2024-05-01T10:00:02Z", true},
           Moments{"2024-05-01T12:00:00+02:00", "2024-05-01T12:00:00Z", false},
           Moments{"2024-05-01T12:00:00-00:00", "2024-05-01T10:00:01Z", true},
           Moments{"2024-05-01T12:00:00-00:00", "2024-05-01T06:15:00Z", true},
           Moments{"2024-05-01T12:00:00-00:00", "2024-05-01T06:20:00Z", false},
           Moments{"2024-05-01T12:00:00-00:00", "2024-04-30T20:00:00Z", false},
           Moments{"2024-05-01T12:00:00-00:00", "2024-05-01T14:00:00-00:00", false},
           Moments{"2024-05-01T12:00:00-00:00", "2024-05-01T12:00:03-00:00", true},
       }) {
    CAPTURE(row.left);
    CAPTURE(row.right);
    const photo::Taken left{*parse_rfc3339(row.left), photo::TakenFrom::exif};
    const photo::Taken right{*parse_rfc3339(row.right), photo::TakenFrom::exif};
    CHECK(taken_together(left, right) == row.together);
    CHECK(taken_together(right, left) == row.together);
  }
}

TEST_CASE("an asset has its original's name, and what its files lack from one another") {
  auto files = known({{"IMG_1.HEIC", "A"}, {"IMG_1.MOV", "A", noon}, {"IMG_1.xmp"}});
  files[0].facts.labels.caption = "in the file";
  files[2].facts.labels.caption = "beside it";

  const auto grouping = group_files(files);
  const auto asset = asset_of(grouping.groups.at(0), Id128{}, "DCIM/old.HEIC");

  CHECK(asset.name == "IMG_1.HEIC");
  CHECK(asset.kind == photo::Kind::live);
  CHECK(asset.taken == files[1].facts.taken);
  CHECK(asset.labels.caption == "beside it");
  CHECK(asset.aliases == std::vector<std::string>{"DCIM/IMG_1.HEIC"});
  CHECK(asset.warnings.empty());
}

TEST_CASE("a Live Photo paired by its names says so") {
  const auto files = known({{"IMG_1.JPG", "", noon}, {"IMG_1.MOV", "", noon}});

  const auto asset = asset_of(group_files(files).groups.at(0), Id128{}, "DCIM/IMG_1.JPG");

  REQUIRE(asset.warnings.size() == 1);
  CHECK(asset.warnings[0].find("paired by their names") != std::string::npos);
}
