// SPDX-License-Identifier: GPL-3.0-or-later
// iCloud Photos as a person backs them up, from an account that is made up.
#include "cloud.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace keepsake::tests;

namespace {

constexpr int some = 120;        // photos: enough for a shared library, bursts and pairs apart
constexpr int many_pages = 450;  // photos: a list of several pages

/// A signed-in account as the source `phone`, and a tree `disk`.
void set_up(const Journey& journey) {
  add_signed_in(journey);
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
}

/// An original that nothing else shares.
std::string some_photo(const Cloud& cloud, const std::string& zone = "PrimarySync") {
  std::map<std::string, int> uses;
  const auto photos = cloud.photos();
  for (const auto& [id, photo] : photos) ++uses[photo["master"]];
  for (const auto& [id, photo] : photos)
    if (photo["zone"] == zone && uses[photo["master"]] == 1 && photo["files"].size() == 1 &&
        !photo["hidden"] && !photo["trashed"] && photo["shown_in_burst"])
      return id;
  throw std::runtime_error("there is no such photo");
}

std::string path_of(const json& asset) { return path_in(rendition(asset, "original"), "disk"); }

}  // namespace

TEST_CASE("an account comes whole into a tree and a vault in one run, each file downloaded once") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  journey.use_password("vault password");
  make_cheap_vault(journey / "safe", "vault password");
  journey.expect(0, {"destination", "add", "safe", "vault", "safe"});

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["assets_seen"] == cloud.photos().size());
  CHECK(summary["assets_held"] == summary["assets_seen"]);
  CHECK(kept(journey, "disk") == served(cloud));
  CHECK(sums_are_right(journey / "disk"));
  CHECK(cloud.calls("download") == summary["renditions_fetched"]);
  journey.expect(0, {"restore", "--from", "safe", "--to", "restored"});
  CHECK(contents(journey / "restored") == contents(journey / "disk"));
  CHECK(journey.restic("safe", {"check", "--read-data"}).exit_code == 0);
}

TEST_CASE("a backup without news asks three questions and writes nothing anywhere") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  journey.expect(0, {"backup"});
  const auto before = listing(journey / "disk");
  cloud.forget_calls();

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["requests"] <= 3);
  CHECK(summary["renditions_fetched"] == 0);
  CHECK(listing(journey / "disk") == before);
  CHECK(cloud.calls("complete") == 0);
}

TEST_CASE("what one destination has, another gets from there, and iCloud is asked for the rest") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  journey.expect(0, {"backup"});
  const auto pictures = contents(journey / "disk/Photos");
  // What the first has lost or spoilt, the second or iCloud still gives.
  flip_byte(journey / "disk/Photos" / pictures.begin()->first, 100);
  journey.expect(0, {"destination", "add", "drive", "folder", (journey / "drive").string()});
  cloud.forget_calls();

  journey.expect(0, {"backup"});

  CHECK(cloud.calls("download") <= 1);
  CHECK(kept(journey, "drive") == served(cloud));
  CHECK(sums_are_right(journey / "drive"));
}

TEST_CASE("a new home takes what one destination holds to another: ids, albums and labels too") {
  Journey journey;
  const Cloud cloud(journey, some);
  add_signed_in(journey);
  journey.use_password("correct horse");
  make_cheap_vault(journey / "old", "correct horse");
  journey.expect(0, {"destination", "add", "old", "vault", (journey / "old").string()});
  journey.expect(0, {"backup"});
  auto before = journey.find();
  cloud.forget_calls();
  journey.use_home("another");
  journey.expect(0, {"destination", "add", "old", "vault", (journey / "old").string()});
  journey.expect(0, {"catalog", "rebuild"});
  journey.expect(0, {"destination", "add", "new", "folder", (journey / "new").string()});

  journey.expect(2, {"backup", "old", "--to", "old"});
  const auto summary = journey.expect(0, {"backup", "old", "--to", "new"});

  CHECK(summary["assets_held"] == before.size());
  CHECK(kept(journey, "new") == served(cloud));
  CHECK(sums_are_right(journey / "new"));
  CHECK(cloud.calls("download") == 0);
  CHECK(cloud.calls("list") + cloud.calls("changes") == 0);
  auto after = journey.find();
  for (auto* const assets : {&before, &after})
    for (auto& [id, asset] : *assets) asset.erase("renditions");
  CHECK(after == before);
  CHECK(journey.expect(0, {"backup", "old"})["renditions_fetched"] == 0);
}

TEST_CASE("a shared album lies apart, and its photos say that they are reduced copies") {
  Journey journey;
  const Cloud cloud(journey, some);
  cloud.act({{"do", "make-shared-album"}, {"title", "Wedding"}, {"photos", 2}});
  set_up(journey);

  const auto run = journey.keepsake({"backup"});

  CHECK(run.exit_code == 0);
  CHECK(run.out.find("shared album's copy") != std::string::npos);
  const auto found = journey.find({"album:Wedding"});
  CHECK(found.size() == 2);
  for (const auto& [id, asset] : found) CHECK(path_of(asset).starts_with("Shared Albums/"));
}

TEST_CASE("what an account says of its photos is found by it") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  journey.expect(0, {"backup"});
  const auto photos = cloud.photos();

  const auto found = journey.find();

  REQUIRE(found.size() == photos.size());
  for (const auto& [id, photo] : photos) {
    CAPTURE(id);
    const json& asset = found.at(id);
    CHECK(asset["library"] == photo["zone"]);
    CHECK(asset["name"] == photo["filename"]);
    CHECK(asset["hidden"] == photo["hidden"]);
    CHECK(asset["trashed"] == photo["trashed"]);
    CHECK(asset["favorite"] == photo["favorite"]);
    CHECK(asset["taken"].is_string());
    CHECK(asset["taken_zone"] == "known");
  }
  CHECK(!journey.find({"album:Hawaii"}).empty());
  CHECK(!journey.find({"label:garden"}).empty());
  CHECK(!journey.find({"type:live"}).empty());
  const auto in_album = journey.find({"album:Kyōto"});
  REQUIRE(!in_album.empty());
  CHECK(in_album.begin()->second["album_paths"].dump().find("Travels/Asia/Kyōto") !=
        std::string::npos);
}

TEST_CASE("what happens to photos in iCloud is followed by asking for what changed") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  journey.expect(0, {"backup"});
  const auto before = journey.find();

  SUBCASE("a new photo is fetched, and nothing else") {
    const auto made = cloud.act({{"do", "add"}, {"kind", "live"}, {"filename", "IMG_NEW.HEIC"}});
    cloud.forget_calls();
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 2);
    CHECK(cloud.calls("list") == 0);
    CHECK(kept(journey, "disk") == served(cloud));
    CHECK(journey.find().contains(made["asset"]));
  }
  SUBCASE("an edit lies beside its original") {
    const auto id = some_photo(cloud);
    cloud.act({{"do", "edit"}, {"asset", id}});
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 1);
    CHECK(kept(journey, "disk") == served(cloud));
    CHECK(path_of(journey.find().at(id)) == path_of(before.at(id)));
  }
  SUBCASE("an original that was replaced is kept beside the new one") {
    const auto id = some_photo(cloud);
    const auto old = read_file(journey / "disk" / path_of(before.at(id)));
    cloud.act({{"do", "rewrite"}, {"asset", id}});
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 1);
    CHECK(kept(journey, "disk") == served(cloud));
    bool is_still_there = false;
    for (const auto& entry : fs::recursive_directory_iterator(journey / "disk/.keepsake/versions"))
      if (entry.is_regular_file() && read_file(entry.path()) == old) is_still_there = true;
    CHECK(is_still_there);
  }
  SUBCASE("a photo that was hidden or put into Recently Deleted stays where it lies") {
    const auto id = some_photo(cloud);
    cloud.act({{"do", "hide"}, {"asset", id}});
    cloud.act({{"do", "trash"}, {"asset", id}});
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
    const auto after = journey.find().at(id);
    CHECK(after["hidden"] == true);
    CHECK(after["trashed"] == true);
    CHECK(path_of(after) == path_of(before.at(id)));
  }
  SUBCASE("a photo that was deleted for good is marked, and stays") {
    const auto id = some_photo(cloud);
    cloud.act({{"do", "purge"}, {"asset", id}});
    journey.expect(0, {"backup"});
    const auto after = journey.find().at(id);
    CHECK(after["gone_at"].is_string());
    CHECK(fs::exists(journey / "disk" / path_of(after)));
  }
  SUBCASE("albums get and lose photos, and other names") {
    const auto id = some_photo(cloud);
    const auto album = cloud.act({{"do", "make-album"}, {"title", "Sommer"}})["album"];
    cloud.act({{"do", "put-in-album"}, {"album", album}, {"asset", id}});
    journey.expect(0, {"backup"});
    CHECK(journey.find({"album:Sommer"}).contains(id));
    cloud.act({{"do", "rename-album"}, {"album", album}, {"title", "Sommer am Meer"}});
    journey.expect(0, {"backup"});
    CHECK(journey.find({"album:\"Sommer am Meer\""}).contains(id));
    cloud.act({{"do", "take-from-album"}, {"album", album}, {"asset", id}});
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
    CHECK(journey.find({"album:\"Sommer am Meer\""}).empty());
  }
  SUBCASE("a duplicate made on the phone is a photo of its own with the same bytes") {
    const auto id = some_photo(cloud);
    const auto made = cloud.act({{"do", "duplicate"}, {"asset", id}})["asset"];
    journey.expect(0, {"backup"});
    CHECK(kept(journey, "disk") == served(cloud));
    CHECK(journey.find().contains(made));
  }
  SUBCASE("a photo of the shared library is followed as well") {
    const auto zone = std::find_if(before.begin(), before.end(), [](const auto& it) {
                        return it.second["library"] != "PrimarySync";
                      })->second["library"];
    cloud.act({{"do", "add"}, {"zone", zone}, {"filename", "IMG_OURS.JPG"}});
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 1);
    CHECK(kept(journey, "disk") == served(cloud));
  }
  SUBCASE("a mark of progress that iCloud no longer takes means another look at everything") {
    cloud.act({{"do", "add"}, {"filename", "IMG_NEW.JPG"}});
    const auto id = some_photo(cloud);
    cloud.act({{"do", "purge"}, {"asset", id}});
    cloud.say("expire", {{"what", "marks"}});
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 1);
    CHECK(journey.find().at(id)["gone_at"].is_string());
    auto expected = served(cloud);
    auto found = kept(journey, "disk");
    found.erase(id);
    CHECK(found == expected);
  }
}

TEST_CASE("a library that changes while it is listed loses nothing") {
  Journey journey;
  const Cloud cloud(journey, many_pages);
  set_up(journey);
  cloud.set_faults({"change,times=3", "miscount"});

  journey.expect(0, {"backup"});

  CHECK(cloud.calls("list") > 4);
  auto found = kept(journey, "disk");
  for (const auto& [id, asset] : journey.find())
    if (asset["gone_at"].is_string()) found.erase(id);
  CHECK(found == served(cloud));
}

TEST_CASE("a backup that is killed while it downloads goes on where it was") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  cloud.set_faults({"wait,on=30,times=always,wait=600"});
  {
    Process backup(journey.command({"backup"}));
    REQUIRE(comes_true([&] { return cloud.calls("download") >= 30; }));
    backup.send(SIGKILL);
    backup.wait();
  }
  cloud.set_faults({});

  journey.expect(0, {"backup"});

  CHECK(kept(journey, "disk") == served(cloud));
  CHECK(sums_are_right(journey / "disk"));
}

TEST_CASE("a backup that is killed while it lists begins its list anew") {
  Journey journey;
  const Cloud cloud(journey, many_pages);
  set_up(journey);
  cloud.set_faults({"wait,at=list,on=4,times=always,wait=600"});
  {
    Process backup(journey.command({"backup"}));
    REQUIRE(comes_true([&] { return cloud.calls("list") >= 4; }));
    backup.send(SIGKILL);
    backup.wait();
  }
  cloud.set_faults({});

  journey.expect(0, {"backup"});

  CHECK(kept(journey, "disk") == served(cloud));
}

TEST_CASE("the ledger of an account is made anew from a tree without a download") {
  Journey journey;
  const Cloud cloud(journey, some);
  set_up(journey);
  journey.expect(0, {"backup"});
  lose_catalog(journey);
  cloud.forget_calls();

  journey.expect(0, {"catalog", "rebuild"});
  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(cloud.calls("download") == 0);
  CHECK(kept(journey, "disk") == served(cloud));
}
