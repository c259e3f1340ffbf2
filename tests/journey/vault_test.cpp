// SPDX-License-Identifier: GPL-3.0-or-later
// Vaults as a person uses them, with restic as judge.
#include "journey.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace keepsake::tests;

namespace {

const std::string password = "correct horse";
const std::string month = "Photos/2024/2024-05/";

/// The demo's photos of one month as source, and a vault called `safe`.
void set_up_vault(Journey& journey, const std::vector<std::string>& trees = {}) {
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.use_password(password);
  make_cheap_vault(journey / "safe", password);
  journey.set_up(trees);
  journey.expect(0, {"destination", "add", "safe", "vault", "safe"});
}

void check_with_restic(const Journey& journey, const std::string& vault) {
  const Ran checked = journey.restic(vault, {"check", "--read-data"});
  INFO(checked.out, checked.err);
  REQUIRE(checked.exit_code == 0);
}

/// Files of a folder that restic restored, by the path that a tree would give them.
std::map<std::string, std::string> as_in_a_tree(const fs::path& restored) {
  std::map<std::string, std::string> files;
  for (const auto& [path, sum] : contents(restored / "photos" / "pictures"))
    files["Photos/" + path] = sum;
  return files;
}

/// The pack that is largest: it holds photos.
fs::path largest_pack(const fs::path& vault) {
  fs::path largest;
  for (const auto& entry : fs::recursive_directory_iterator(vault / "data"))
    if (entry.is_regular_file() && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  return largest;
}

/// Whether a run has stored photos that no snapshot tells of yet.
bool has_journal(const Journey& journey) {
  std::error_code error;
  for (const auto& place : fs::directory_iterator(journey.home() / "state", error))
    if (fs::exists(place.path() / "journal") && fs::file_size(place.path() / "journal") > 0)
      return true;
  return false;
}

std::size_t snapshots_in(const Journey& journey, const std::string& vault) {
  return journey.expect(0, {"snapshots", vault})["count"].get<std::size_t>();
}

}  // namespace

TEST_CASE("a vault keeps what a tree keeps, and restic alone brings it back with its times") {
  Journey journey;
  set_up_vault(journey, {"disk"});

  const auto summary = journey.expect(0, {"backup"});

  CHECK(of(summary, "safe")["held"] == of(summary, "disk")["held"]);
  CHECK(of(summary, "safe")["snapshot"].is_string());
  check_with_restic(journey, "safe");
  const Ran restored =
      journey.restic("safe", {"restore", "latest", "--target", (journey / "restored").string()});
  REQUIRE(restored.exit_code == 0);
  const auto tree = contents(journey / "disk");
  CHECK(as_in_a_tree(journey / "restored") == tree);
  for (const auto& [path, sum] : tree)
    CHECK(seconds_of(journey / "restored/photos/pictures" / path.substr(7)) ==
          seconds_of(journey / "disk" / path));
}

TEST_CASE("a run without changes writes nothing into a vault, and asks for no password") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  const auto before = listing(journey / "safe");
  journey.use_password("");

  const auto summary = journey.expect(0, {"backup"});

  CHECK(of(summary, "safe")["snapshot"] == nullptr);
  CHECK(of(summary, "safe")["bytes_written"] == 0);
  CHECK(summary["renditions_fetched"] == 0);
  CHECK(listing(journey / "safe") == before);
}

TEST_CASE("a photo that stays pending opens no vault again and again") {
  Journey journey;
  set_up_vault(journey);
  write_file(journey / "pictures/zeros.jpg", std::string(5000, '\0'));
  journey.expect(3, {"backup"});
  journey.use_password("");

  const auto summary = journey.expect(3, {"backup"});

  CHECK(summary["assets_pending"] == 1);
}

TEST_CASE("one photo more makes one snapshot more, with all photos in it") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  fs::copy_file(journey / "pictures/IMG_0002.JPG", journey / "pictures/another.jpg");

  journey.expect(0, {"backup"});

  CHECK(snapshots_in(journey, "safe") == 2);
  const auto held = of(journey.expect(0, {"status"}), "safe")["held"].get<std::size_t>();
  journey.expect(0, {"restore", "--from", "safe", "--to", "back"});
  CHECK(contents(journey / "back").size() == held);
  check_with_restic(journey, "safe");
}

TEST_CASE("what fails with a vault has its own exit code and words") {
  Journey journey;
  set_up_vault(journey);

  SUBCASE("a wrong password") {
    journey.use_password("wrong");
    CHECK(journey.expect(12, {"backup"})["code"] == 12);
    CHECK(journey.expect(12, {"snapshots", "safe"})["code"] == 12);
    journey.expect(12, {"destination", "add", "again", "vault", "safe"});
  }
  SUBCASE("no password at all") {
    journey.use_password("");
    const auto error = journey.expect(12, {"backup"});
    CHECK(error["message"].get<std::string>().find("KEEPSAKE_PASSWORD_SAFE") != std::string::npos);
  }
  SUBCASE("a vault that is no more") {
    fs::remove_all(journey / "safe");
    journey.expect(23, {"backup"});
  }
  SUBCASE("a folder without a repository") {
    fs::remove_all(journey / "safe");
    fs::create_directory(journey / "safe");
    journey.expect(10, {"backup"});
    CHECK(fs::is_empty(journey / "safe"));
  }
  SUBCASE("parts without a config") {
    fs::remove(journey / "safe/config");
    journey.expect(25, {"destination", "add", "again", "vault", "safe"});
    journey.expect(25, {"backup"});
    CHECK_FALSE(fs::exists(journey / "safe/config"));
  }
}

TEST_CASE("a damaged pack is named with its photos, and healed from a tree") {
  Journey journey;
  set_up_vault(journey, {"disk"});
  journey.expect(0, {"backup"});
  fs::remove_all(journey / "pictures");
  fs::create_directory(journey / "pictures");
  const auto pack = largest_pack(journey / "safe");
  flip_byte(pack, fs::file_size(pack) / 2);

  const auto found = journey.expect(25, {"verify", "safe"});

  const auto damage = damage_in(found);
  CHECK(damage.contains("pack " + pack.filename().string()));
  CHECK(std::any_of(damage.begin(), damage.end(), [](const auto& entry) {
    return entry.first.starts_with("Photos/");
  }));
  const auto healed = journey.expect(0, {"verify", "safe", "--repair"});
  CHECK(of(healed, "safe")["repaired"].get<int>() > 0);
  journey.expect(0, {"verify", "safe"});
  check_with_restic(journey, "safe");
  CHECK_FALSE(fs::exists(pack));
}

TEST_CASE("a backup does not take a damaged vault for a whole one") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  const auto pack = largest_pack(journey / "safe");
  flip_byte(pack, fs::file_size(pack) / 2);
  journey.expect(25, {"verify", "safe"});

  const auto summary = journey.expect(3, {"backup"});
  journey.expect(25, {"verify", "safe", "--read", "none"});

  CHECK(summary["assets_failed"] == 1);
  CHECK(summary["not_safe"][0]["message"].get<std::string>().find("--repair") != std::string::npos);
  journey.expect(0, {"verify", "safe", "--repair"});
  journey.expect(0, {"backup"});
}

TEST_CASE("where the newest snapshot cannot be read, no older one is gone on from") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  fs::copy_file(journey / "pictures/IMG_0002.JPG", journey / "pictures/second.jpg");
  const auto newest = of(journey.expect(0, {"backup"}), "safe")["snapshot"].get<std::string>();
  flip_byte(journey / "safe/snapshots" / newest, 50);
  fs::copy_file(journey / "pictures/IMG_0002.JPG", journey / "pictures/third.jpg");

  journey.expect(25, {"backup"});
  CHECK(journey.expect(25, {"snapshots", "safe"})["count"] == 1);
  journey.expect(25, {"verify", "safe", "--repair"});
  journey.expect(0, {"backup"});

  journey.expect(0, {"restore", "--from", "safe", "--to", "back"});
  CHECK(contents(journey / "back").size() == 14);
}

TEST_CASE("a lost pack is healed from the source, and a damaged tree from the vault") {
  Journey journey;
  set_up_vault(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto tree = contents(journey / "disk");
  fs::remove(largest_pack(journey / "safe"));
  journey.expect(25, {"verify", "safe", "--read", "none"});
  journey.expect(0, {"verify", "safe", "--repair"});
  check_with_restic(journey, "safe");

  fs::remove_all(journey / "pictures");
  fs::create_directory(journey / "pictures");
  flip_byte(journey / "disk" / (month + "IMG_0002.JPG"), 1000);
  journey.expect(0, {"verify", "disk", "--repair"});

  CHECK(contents(journey / "disk") == tree);
  CHECK(sums_are_right(journey / "disk"));
}

TEST_CASE("a catalog is made anew from a vault alone") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  const auto before = journey.find();
  for (const char* file : {"catalog.db", "catalog.db-wal", "catalog.db-shm"})
    fs::remove(journey.home() / file);

  journey.expect(0, {"catalog", "rebuild"});

  CHECK(journey.find() == before);
  const auto summary = journey.expect(0, {"backup"});
  CHECK(summary["renditions_fetched"] == 0);
  CHECK(of(summary, "safe")["snapshot"] == nullptr);
}

TEST_CASE("on a new machine a vault gives back its photos, its catalog and its names") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  const auto before = journey.find();

  journey.use_home("new");
  journey.expect(0, {"destination", "add", "safe", "vault", "safe"});
  const auto restored = journey.expect(0, {"restore", "--from", "safe", "--to", "back"});
  CHECK(restored["assets"] == before.size());
  journey.expect(2, {"backup"});
  journey.expect(0, {"catalog", "rebuild"});

  const auto after = journey.find();
  REQUIRE(after.size() == before.size());
  for (const auto& [id, asset] : before) CHECK(after.at(id)["taken"] == asset["taken"]);
}

TEST_CASE("restore --at brings back what was there, also what is gone now") {
  Journey journey;
  set_up_vault(journey);
  const auto first = of(journey.expect(0, {"backup"}), "safe")["snapshot"].get<std::string>();
  const auto sum = sha256_of(journey / "pictures/IMG_0002.JPG");
  fs::remove(journey / "pictures/IMG_0002.JPG");
  fs::copy_file(journey / "pictures/IMG_0001.HEIC", journey / "pictures/new.heic");
  journey.expect(0, {"backup"});

  journey.expect(0, {"restore", "--from", "safe", "--to", "now"});
  journey.expect(0, {"restore", "--from", "safe", "--at", first.substr(0, 8), "--to", "then"});

  CHECK_FALSE(fs::exists(journey / "now" / (month + "IMG_0002.JPG")));
  CHECK(fs::exists(journey / "now" / (month + "new.heic")));
  CHECK(sha256_of(journey / "then" / (month + "IMG_0002.JPG")) == sum);
  CHECK_FALSE(fs::exists(journey / "then" / (month + "new.heic")));
  journey.expect(2, {"restore", "--from", "safe", "--at", "2001-01-01", "--to", "never"});
  journey.expect(2, {"restore", "--from", "safe", "--at", "yesterday", "--to", "never"});
}

TEST_CASE(
    "a ransomed source stops before a vault is opened; accepted, restic still finds the photos") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  const auto photos = distinct(contents(journey / "pictures"));
  for (const auto& entry : fs::directory_iterator(journey / "pictures"))
    write_file(entry.path(), "pay for " + entry.path().filename().string());
  const auto before = listing(journey / "safe");

  journey.expect(24, {"backup"});
  CHECK(listing(journey / "safe") == before);
  journey.expect(0, {"backup", "--accept-changes"});

  REQUIRE(journey.restic("safe", {"forget", "--keep-last", "1", "--prune"}).exit_code == 0);
  check_with_restic(journey, "safe");
  const Ran restored =
      journey.restic("safe", {"restore", "latest", "--target", (journey / "restored").string()});
  REQUIRE(restored.exit_code == 0);
  const auto kept = distinct(contents(journey / "restored"));
  for (const auto& sum : photos) CHECK(kept.contains(sum));
}

TEST_CASE("restic forgets, prunes, checks and copies, and the vault stays right after each") {
  Journey journey;
  set_up_vault(journey);
  journey.expect(0, {"backup"});
  const auto held = contents(journey / "pictures");
  fs::remove(journey / "pictures/IMG_0002.JPG");
  journey.expect(0, {"backup"});

  REQUIRE(journey.restic("safe", {"tag", "--add", "mine", "latest"}).exit_code == 0);
  REQUIRE(journey.restic("safe", {"backup", (journey / "pictures").string()}).exit_code == 0);
  REQUIRE(journey.restic("safe", {"forget", "--host", "nobody", "--keep-last", "1"}).exit_code ==
          0);
  REQUIRE(journey
              .restic("safe",
                      {"forget",
                       "--keep-last",
                       "1",
                       "--group-by",
                       "host,paths",
                       "--prune",
                       "--max-unused",
                       "0"})
              .exit_code == 0);

  check_with_restic(journey, "safe");
  journey.expect(0, {"verify", "safe"});
  journey.expect(0, {"restore", "--from", "safe", "--to", "back"});
  journey.expect(0, {"restore", "is:gone", "--from", "safe", "--to", "back"});
  CHECK(distinct(contents(journey / "back")) == distinct(held));
  const auto again = journey.expect(0, {"backup"});
  CHECK(again["renditions_fetched"] == 0);
}

TEST_CASE("a repository that restic made is listed, verified, restored and written into") {
  Journey journey;
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  fs::create_directory(journey / "other");
  write_file(journey / "other/letter.txt", "a letter");
  journey.use_password(password);
  REQUIRE(journey.restic("theirs", {"init"}).exit_code == 0);
  REQUIRE(journey.restic("theirs", {"backup", "other"}).exit_code == 0);
  const auto before = listing(journey / "theirs");

  journey.expect(0, {"source", "add", "pictures", "folder", "pictures"});
  journey.expect(0, {"destination", "add", "theirs", "vault", "theirs"});
  CHECK(snapshots_in(journey, "theirs") == 1);
  journey.expect(0, {"verify", "theirs"});
  journey.expect(0, {"restore", "--from", "theirs", "--to", "back"});
  CHECK(read_file(journey / "back/other/letter.txt") == "a letter");
  CHECK(listing(journey / "theirs") == before);

  journey.expect(0, {"backup"});
  CHECK(snapshots_in(journey, "theirs") == 2);
  check_with_restic(journey, "theirs");
  journey.expect(0, {"restore", "--from", "theirs", "--to", "mine"});
  CHECK(distinct(contents(journey / "mine")) == distinct(contents(journey / "pictures")));
}

TEST_CASE("a backup that was killed is finished by the next one, which reads nothing twice") {
  Journey journey;
  make_small_library(journey / "pictures", 3000);
  journey.use_password(password);
  make_cheap_vault(journey / "safe", password);
  journey.set_up({});
  journey.expect(0, {"destination", "add", "safe", "vault", "safe"});
  {
    const Process process(journey.command({"backup"}));
    REQUIRE(comes_true([&] { return has_journal(journey); }));
    process.send(SIGKILL);
  }

  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["assets_held"] == 3000);
  CHECK(summary["renditions_fetched"].get<int>() < 3000);
  check_with_restic(journey, "safe");
  CHECK(of(journey.expect(0, {"verify", "safe"}), "safe")["damaged"] == 0);
}
