// SPDX-License-Identifier: GPL-3.0-or-later

#include "base/bytes.h"
#include "crypto/sha.h"
#include "tests/unit/simulate/icloud/visitor.h"

#include <doctest/doctest.h>

#include <map>

using namespace keepsake;
using nlohmann::json;
using tests::json_of;
using tests::SimulatedCloud;
using tests::TempFolder;
using tests::Visitor;

namespace {

/// A simulator whose library is made of the folder's pictures.
void start_with(SimulatedCloud& cloud, const TempFolder& pictures) {
  std::filesystem::remove_all(cloud.folder / "state");
  simulate::icloud::Options options;
  options.state = cloud.folder / "state";
  options.photos = pictures.path();
  options.account.second_factor = false;
  cloud.simulator = simulate::icloud::Simulator::open(std::move(options), cloud.clock).value();
}

std::map<std::string, json> by_name(Visitor& visitor) {
  std::map<std::string, json> photos;
  const auto told = json_of(visitor.control("files", json::object()));
  for (const json& photo : told["photos"]) photos[photo["filename"]] = photo;
  return photos;
}

std::vector<std::string> slots(const json& photo) {
  std::vector<std::string> found;
  for (const json& file : photo["files"]) found.push_back(file["slot"]);
  return found;
}

}  // namespace

TEST_CASE("files of one name become one photo, and folders become albums") {
  const TempFolder pictures;
  pictures.write("IMG_0001.HEIC", "still");
  pictures.write("IMG_0001.MOV", "motion");
  pictures.write("IMG_0002.JPG", "jpeg");
  pictures.write("IMG_0002.DNG", "raw");
  pictures.write("IMG_E0002.JPG", "edit");
  pictures.write("notes.txt", "no picture");
  pictures.write("Rome/2024/VIDEO.MOV", "video");
  SimulatedCloud cloud(0, {}, false);
  start_with(cloud, pictures);
  Visitor visitor(cloud);
  visitor.sign_in();

  auto photos = by_name(visitor);

  REQUIRE(photos.size() == 3);
  CHECK(slots(photos["IMG_0001.HEIC"]) ==
        std::vector<std::string>{"resOriginal", "resOriginalVidCompl"});
  CHECK(slots(photos["IMG_0002.JPG"]) ==
        std::vector<std::string>{"resOriginal", "resOriginalAlt", "resJPEGFull"});
  CHECK(photos["IMG_0001.HEIC"]["master"] == to_text(crypto::apple_checksum(bytes_of("still"))));
  CHECK(slots(photos["VIDEO.MOV"]) == std::vector<std::string>{"resOriginal"});
  const auto told = json_of(
      visitor.ask("changes/zone", {{"zones", {{{"zoneID", {{"zoneName", "PrimarySync"}}}}}}}));
  std::map<std::string, json> albums;
  for (const json& one : told["zones"][0]["records"])
    if (one["recordType"] == "CPLAlbum" && one["fields"].contains("albumNameEnc"))
      albums[std::string(
          text_of(*from_base64(one["fields"]["albumNameEnc"]["value"].get<std::string>())))] = one;
  REQUIRE(albums.size() == 2);
  CHECK(albums["Rome"]["fields"]["albumType"]["value"] == 3);
  CHECK(albums["2024"]["fields"]["parentId"]["value"] == albums["Rome"]["recordName"]);
}

TEST_CASE("a picture whose name is no text is in the library, under a name that shows it") {
  const TempFolder pictures;
  pictures.write("odd \xe9/caf\xe9.jpg", "coffee");
  SimulatedCloud cloud(0, {}, false);
  start_with(cloud, pictures);
  cloud.start(0, {}, false);
  Visitor visitor(cloud);

  auto photos = by_name(visitor);

  REQUIRE(photos.contains("caf\\xE9.jpg"));
  CHECK(photos["caf\\xE9.jpg"]["master"] == to_text(crypto::apple_checksum(bytes_of("coffee"))));
}

TEST_CASE("a restart does not look at the pictures again") {
  const TempFolder pictures;
  pictures.write("IMG_0001.JPG", "one");
  SimulatedCloud cloud(0, {}, false);
  start_with(cloud, pictures);
  pictures.write("IMG_0002.JPG", "two");

  cloud.start(0, {}, false);

  Visitor visitor(cloud);
  CHECK(by_name(visitor).size() == 1);
}
