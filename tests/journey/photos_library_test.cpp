// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"
#include "base/time.h"
#include "journey.h"
#include "sqlite/database.h"
#include "tests/support/photos_bundle.h"
#include "tests/support/test_data.h"

#include <doctest/doctest.h>

#include <optional>
#include <set>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

struct Sample {
  const char* name;
  int missing;   ///< photos of which a file is not there
  int with_raw;  ///< photos with a RAW half
};

constexpr Sample samples[] = {{"photoslibrary-catalina", 1, 0},
                              {"photoslibrary-macos26beta", 4, 2}};

/// A real library, copied, so that it may be changed; with what a right reader must find in it.
/// Real libraries are no part of the source: where they are absent, a line says so.
struct RealLibrary {
  fs::path bundle;
  json truth;
};

std::optional<RealLibrary> real_library(const Journey& journey, const char* name) {
  const auto folder = test_data(name);
  if (!folder) return std::nullopt;
  RealLibrary library{journey / "Test.photoslibrary",
                      json::parse(read_file(*folder / "truth.json"))};
  fs::copy(*folder / "Test.photoslibrary", library.bundle, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(library.bundle))
    fs::permissions(entry, fs::perms::owner_write, fs::perm_options::add);
  journey.expect(0, {"source", "add", "mac", "photos-library", library.bundle.string()});
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
  return library;
}

std::set<std::string> words(const json& list) {
  std::set<std::string> words;
  for (const json& word : list)
    if (!word.get<std::string>().empty()) words.insert(word);
  return words;
}

std::multiset<std::string> titles(const json& list) {
  std::multiset<std::string> titles;
  for (const json& title : list) titles.insert(title.get<std::string>());
  return titles;
}

json text_or_null(const json& text) { return text.is_null() || text == "" ? json() : text; }

void check_taken(const json& ours, const json& theirs) {
  const auto moment = parse_instant(theirs["utc"].get<std::string>() + "Z");
  if (theirs["utc"] == "1970-01-01T00:00:00.000") {
    CHECK(ours["taken"] == nullptr);
    return;
  }
  const auto taken = parse_rfc3339(ours["taken"].get<std::string>());
  REQUIRE(taken);
  CHECK(instant_of(*taken) == moment);
  CHECK(std::chrono::seconds(taken->offset).count() == theirs["tzo"].get<std::int64_t>());
  CHECK(ours["taken_zone"] == "known");
  CHECK(ours["taken_from"] == "library");
}

void check_asset(const json& ours, const json& theirs) {
  CHECK(ours["source"] == "mac");
  CHECK(ours["library"] == "own");
  CHECK(ours["name"] == theirs["name"]);
  CHECK(ours["kind"] == (theirs["live"] == true ? "live"
                         : theirs["kind"] == 0  ? "photo"
                                                : "video"));
  check_taken(ours, theirs);
  CHECK(ours["favorite"] == (theirs["fav"] == 1));
  CHECK(ours["hidden"] == (theirs["hidden"] == 1));
  CHECK(ours["trashed"] == (theirs["trash"] == 1));
  CHECK(ours["gone_at"] == nullptr);
  CHECK(ours["edited"] == theirs["edited"]);
  CHECK(ours["burst"] == theirs["burst"]);
  for (const auto& [our_name, their_name] : {std::pair("latitude", "lat"), {"longitude", "lon"}}) {
    REQUIRE(ours[our_name].is_null() == theirs[their_name].is_null());
    if (ours[our_name].is_null()) continue;
    CHECK(std::abs(ours[our_name].get<double>() - theirs[their_name].get<double>()) < 1e-5);
  }
  CHECK(words(ours["keywords"]) == words(theirs["kw"]));
  CHECK(words(ours["people"]) == words(theirs["persons"]));
  CHECK(titles(ours["albums"]) == titles(theirs["albums"]));
  CHECK(ours["albums"].size() == ours["album_paths"].size());
  CHECK(ours["title"] == text_or_null(theirs["title"]));
  CHECK(ours["caption"] == text_or_null(theirs["desc"]));
}

/// Every file of the photo is held as it lies in the library, or says why not.
void check_files(const json& ours,
                 const json& theirs,
                 const fs::path& bundle,
                 const fs::path& disk) {
  const auto original = rendition(ours, "original");
  CHECK(original["state"] == (theirs["file"] == true ? "held" : "pending"));
  CHECK(rendition(ours, "raw").is_null() == (theirs["raw"] == 0));
  CHECK(rendition(ours, "edited").is_null() == (theirs["edited"] == false));
  CHECK(rendition(ours, "adjustment").is_null() == (theirs["edited"] == false));
  std::set<std::string> in_bundle;
  for (const char* below : {"originals", "resources/renders"})
    for (const auto& [path, sum] : contents(bundle / below))
      if (path.find(ours["id"].get<std::string>()) != std::string::npos) in_bundle.insert(sum);
  std::set<std::string> kept;
  for (const json& file : ours["renditions"]) {
    if (file["state"] != "held") {
      CHECK(file["destinations"][0]["cause"] == "not_found");
      continue;
    }
    CHECK(file["apple_checksum"].get<std::string>().size() == 28);
    CHECK(sha256_of(disk / path_in(file, "disk")) == file["sha256"]);
    kept.insert(file["sha256"]);
  }
  CHECK(kept == in_bundle);
}

}  // namespace

TEST_CASE("a real Photos library is backed up with all that it knows, and left as it was") {
  for (const Sample& sample : samples) {
    CAPTURE(sample.name);
    const Journey journey;
    const auto library = real_library(journey, sample.name);
    if (!library) continue;
    const auto before = listing(library->bundle);

    const auto backup = journey.expect(3, {"backup"});

    const auto assets = journey.find();
    CHECK(assets.size() == library->truth["assets"].size());
    int with_raw = 0;
    for (const json& theirs : library->truth["assets"]) {
      const auto id = theirs["uuid"].get<std::string>();
      CAPTURE(id);
      REQUIRE(assets.contains(id));
      check_asset(assets.at(id), theirs);
      check_files(assets.at(id), theirs, library->bundle, journey / "disk");
      if (!rendition(assets.at(id), "raw").is_null()) ++with_raw;
    }
    CHECK(with_raw == sample.with_raw);
    CHECK(backup["assets_seen"] == assets.size());
    CHECK(backup["assets_pending"] == sample.missing);
    CHECK(backup["assets_failed"] == 0);
    CHECK(sums_are_right(journey / "disk"));
    CHECK(listing(library->bundle) == before);
  }
}

TEST_CASE("a real library's albums, folders and people are found by their names") {
  const Journey journey;
  const auto library = real_library(journey, "photoslibrary-macos26beta");
  if (!library) return;
  journey.expect(3, {"backup"});

  for (const json& album : library->truth["albums"])
    CHECK(journey.find({"album:\"" + album[0].get<std::string>() + "\""}).size() == album[2]);
  std::set<std::string> paths;
  for (const auto& [id, asset] : journey.find())
    for (const json& path : asset["album_paths"]) paths.insert(path);
  CHECK(paths.contains("Folder1/SubFolder2/AlbumInFolder"));
  CHECK(paths.contains("Folder2/Raw"));
  CHECK(journey.find({"label:flowers"}).size() == 1);
  CHECK(journey.find({"is:edited"}).size() == 4);
  CHECK(journey.find({"is:favorite"}).size() == 1);
  CHECK(fs::exists(journey / "disk/Albums/Folder1/SubFolder2/AlbumInFolder"));
}

TEST_CASE("two albums of one name count twice, and people are known by their names") {
  const Journey journey;
  const auto library = real_library(journey, "photoslibrary-catalina");
  if (!library) return;
  journey.expect(3, {"backup"});

  CHECK(journey.find({"album:\"Test Album\""}).size() == 2);
  CHECK(journey.find({"label:Katie"}).size() == 3);
  CHECK(journey.find({"is:hidden"}).size() == 1);
  // The library remembers the checksum of every original; each is what it was when it came in.
  auto database =
      sqlite::Database::open(library->bundle / "database/Photos.sqlite", sqlite::Access::read_only);
  REQUIRE(database);
  auto claims = sqlite::Statement::prepare(
      *database,
      "SELECT a.ZUUID, t.ZMASTERFINGERPRINT FROM ZGENERICASSET a JOIN ZADDITIONALASSETATTRIBUTES t "
      "ON t.ZASSET = a.Z_PK");
  REQUIRE(claims);
  const auto assets = journey.find();
  int compared = 0;
  while (claims->step().value()) {
    const auto original = rendition(assets.at(std::string(claims->text(0))), "original");
    CHECK(original["apple_checksum"] == std::string(claims->text(1)));
    if (original["state"] == "held") ++compared;
  }
  CHECK(compared == 6);
}

TEST_CASE("a second backup of a library writes nothing; what changes in it is noticed") {
  for (const Sample& sample : samples) {
    CAPTURE(sample.name);
    const Journey journey;
    const auto library = real_library(journey, sample.name);
    if (!library) continue;
    journey.expect(3, {"backup"});
    const auto disk = listing(journey / "disk");

    const auto again = journey.expect(3, {"backup"});

    CHECK(again["renditions_fetched"] == 0);
    CHECK(again["bytes_fetched"] == 0);
    CHECK(listing(journey / "disk") == disk);

    const std::string table = sample.name == samples[0].name ? "ZGENERICASSET" : "ZASSET";
    std::string removed;
    std::string changed;
    for (const json& asset : library->truth["assets"]) {
      if (asset["file"] == false || asset["edited"] == true) continue;
      (removed.empty() ? removed : changed) = asset["uuid"];
    }
    {
      auto photos = sqlite::Database::open(library->bundle / "database/Photos.sqlite",
                                           sqlite::Access::read_write);
      REQUIRE(photos);
      // The library's own triggers call functions that only Photos has.
      std::vector<std::string> triggers;
      auto list = sqlite::Statement::prepare(
          *photos, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
      while (list->step().value()) triggers.emplace_back(list->text(0));
      for (const auto& trigger : triggers) REQUIRE(photos->run("DROP TRIGGER " + trigger));
      REQUIRE(photos->run("DELETE FROM " + table + " WHERE ZUUID = '" + removed + "'"));
      REQUIRE(
          photos->run("UPDATE " + table + " SET ZFAVORITE = 1 WHERE ZUUID = '" + changed + "'"));
      REQUIRE(photos->run("INSERT INTO " + table +
                          "(Z_PK, ZUUID, ZDIRECTORY, ZFILENAME, ZKIND, ZDATECREATED) VALUES(4711, "
                          "'ABCDEF00-0000-4000-8000-000000000000', 'A', "
                          "'ABCDEF00-0000-4000-8000-000000000000.jpeg', 0, 600000000)"));
    }
    fs::create_directories(library->bundle / "originals/A");
    fs::copy_file(library->bundle / ("originals/" + changed.substr(0, 1) + "/" + changed + ".jpeg"),
                  library->bundle / "originals/A/ABCDEF00-0000-4000-8000-000000000000.jpeg");
    const auto third = journey.expect(3, {"backup"});

    CHECK(third["renditions_fetched"] == 1);
    const auto assets = journey.find();
    CHECK(assets.at(removed)["gone_at"] != nullptr);
    CHECK(rendition(assets.at(removed), "original")["state"] == "held");
    CHECK(assets.at(changed)["favorite"] == true);
    const auto& added = assets.at("ABCDEF00-0000-4000-8000-000000000000");
    CHECK(rendition(added, "original")["state"] == "held");
    CHECK(added["taken"] == "2020-01-06T10:40:00Z");
  }
}

TEST_CASE("an original that was changed after it came in is kept as it is, and told") {
  const Journey journey;
  const auto library = real_library(journey, "photoslibrary-catalina");
  if (!library) return;
  const std::string id = "6191423D-8DB8-4D4C-92BE-9BBBA308AAC4";
  const auto file = library->bundle / ("originals/6/" + id + ".jpeg");
  write_file(file, read_file(file) + "changed");

  journey.expect(3, {"backup"});

  const auto explained = journey.keepsake({"explain", id}).lines().front();
  const auto original = rendition(explained, "original");
  CHECK(original["state"] == "held");
  CHECK(original["sha256"] == sha256_of(file));
  CHECK(original["apple_checksum"] != "AUgz5viPNaPHi9NPSlthfeUdQUbu");
  REQUIRE(explained["warnings"].size() >= 1);
  CHECK(explained["warnings"].dump().find("AUgz5viPNaPHi9NPSlthfeUdQUbu") != std::string::npos);
  const auto settled = listing(journey / "disk");
  journey.expect(3, {"backup"});
  CHECK(listing(journey / "disk") == settled);
}

TEST_CASE("what is only in iCloud is named, and what went there stays held") {
  const Journey journey;
  const std::string here = "AAAAAAAA-0000-4000-8000-000000000001";
  const std::string cloud = "BBBBBBBB-0000-4000-8000-000000000002";
  PhotosBundle bundle(PhotosBundle::Shape::newer);
  const auto row = bundle.add(here, "here.jpg", "jpeg", "\xFF\xD8\xFF\xE0 picture");
  bundle.resource(row, 0, 0, 1, {1, 1});
  bundle.resource(bundle.add(cloud, "cloud.jpg", "jpeg", std::nullopt), 0, 0, 1, {-1, 1});
  journey.expect(0, {"source", "add", "mac", "photos-library", bundle.folder().path().string()});
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});

  const auto backup = journey.expect(3, {"backup"});

  REQUIRE(backup["not_safe"].size() == 1);
  CHECK(backup["not_safe"][0]["asset"] == cloud);
  CHECK(backup["not_safe"][0]["cause"] == "absent");

  fs::remove(bundle.folder() / ("originals/A/" + here + ".jpeg"));
  bundle.run("UPDATE ZINTERNALRESOURCE SET ZLOCALAVAILABILITY = -1");
  journey.expect(0, {"destination", "add", "drive", "folder", "drive"});
  CHECK(journey.expect(3, {"backup"})["not_safe"].size() == 2);

  const auto original = rendition(journey.find().at(here), "original");
  for (const json& destination : original["destinations"]) CHECK(destination["state"] == "held");
}

TEST_CASE("what is no library, or one of an older program, is refused with what to do") {
  const Journey journey;
  fs::create_directories(journey / "Pictures");
  write_file(journey / "Old.photoslibrary/database/photos.db", "x");

  for (const char* path : {"Pictures", "Old.photoslibrary"}) {
    const auto refused = journey.expect(2, {"source", "add", "mac", "photos-library", path});
    CHECK(refused["message_type"] == "error");
    CHECK(refused["message"].get<std::string>().find(path) != std::string::npos);
  }
  CHECK(journey.expect(0, {"source", "list"})["sources"].empty());
  CHECK(journey.expect(23, {"source", "add", "mac", "photos-library", "nowhere"})["code"] == 23);
}
