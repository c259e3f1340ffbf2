// SPDX-License-Identifier: GPL-3.0-or-later
// What is deleted at its source, in destinations that put it into quarantine, with sha256sum and
// restic as judges.
#include "journey.h"
#include "sqlite/database.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace keepsake::tests;

namespace {

const std::string password = "correct horse";
const std::string photo = "Photos/2024/2024-05/IMG_0002.JPG";
const std::string away = ".keepsake/quarantine/";

/// A month's photos, kept in two trees and a vault, of which `disk` and `safe` put away what is
/// gone.
struct Trip : Journey {
  explicit Trip(const std::vector<std::string>& trees = {"disk", "drive"}) {
    fs::create_directories(*this / "pictures");
    fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", *this / "pictures");
    set_up(trees);
    set("disk", "on_source_delete = \"quarantine\"");
  }

  void add_vault() {
    use_password(password);
    make_cheap_vault(*this / "safe", password);
    expect(0, {"destination", "add", "safe", "vault", "safe"});
    set("safe", "on_source_delete = \"quarantine\"");
  }

  void set(const std::string& destination, const std::string& line) const {
    auto text = read_file(home() / "keepsake.toml");
    const auto table = "[destination." + destination + "]\n";
    text.insert(text.find(table) + table.size(), line + "\n");
    write_file(home() / "keepsake.toml", text);
  }

  [[nodiscard]] fs::path pictures(const std::string& name) const {
    return *this / "pictures" / name;
  }

  /// As if what lies in quarantine had been there for so many days more.
  void let_days_pass(int days) const {
    auto ledger = keepsake::sqlite::Database::open(home() / "catalog.db",
                                                   keepsake::sqlite::Access::read_write);
    REQUIRE(ledger);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::hours(24 * days));
    REQUIRE(ledger->run("UPDATE path SET quarantined_at = quarantined_at - " +
                        std::to_string(milliseconds.count())));
  }

  [[nodiscard]] std::int64_t in_quarantine(const std::string& destination) const {
    return expect(0, {"quarantine", destination, "list"})["count"].get<std::int64_t>();
  }

  void check_with_restic() const {
    const Ran checked = restic("safe", {"check", "--read-data"});
    INFO(checked.out, checked.err);
    CHECK(checked.exit_code == 0);
  }

  /// The paths of the photos in the newest snapshot, as restic lists them.
  [[nodiscard]] bool lists_with_restic(const std::string& path) const {
    const Ran listed = restic("safe", {"ls", "latest"});
    REQUIRE(listed.exit_code == 0);
    return listed.out.find(path) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("what is deleted at its source goes into quarantine, and is restored from it as it was") {
  Trip trip;
  trip.add_vault();
  trip.expect(0, {"backup"});
  const auto sum = sha256_of(trip.pictures("IMG_0002.JPG"));
  const auto drive = contents(trip / "drive");
  fs::remove(trip.pictures("IMG_0002.JPG"));

  const auto summary = trip.expect(0, {"backup"});

  CHECK(summary["bytes_fetched"] == 0);
  CHECK(summary["assets_held"] == 12);
  CHECK(of(summary, "safe")["snapshot"].is_string());
  CHECK_FALSE(fs::exists(trip / "disk" / photo));
  CHECK(sha256_of(trip / "disk" / (away + photo)) == sum);
  CHECK(contents(trip / "drive") == drive);
  CHECK(sums_are_right(trip / "disk"));
  CHECK(trip.lists_with_restic("/keepsake/pictures/quarantine/" + photo));
  CHECK_FALSE(trip.lists_with_restic("/photos/pictures/2024/2024-05/IMG_0002.JPG"));
  trip.check_with_restic();
  trip.expect(0, {"verify"});
  CHECK(trip.in_quarantine("disk") == 1);
  CHECK(trip.in_quarantine("safe") == 1);
  CHECK(trip.in_quarantine("drive") == 0);
  for (const std::string from : {"disk", "safe"}) {
    const auto back = "back from " + from;
    trip.expect(0, {"restore", "is:gone", "--from", from, "--to", back});
    CHECK(sha256_of(trip / back / photo) == sum);
  }
  const auto again = trip.expect(0, {"backup"});
  CHECK(of(again, "safe")["snapshot"] == nullptr);
  CHECK(of(again, "disk")["bytes_written"] == 0);
}

TEST_CASE("a photo that comes back to its source comes back from quarantine, and is not fetched") {
  Trip trip;
  trip.add_vault();
  trip.expect(0, {"backup"});
  const auto before = contents(trip / "disk");
  fs::rename(trip.pictures("IMG_0002.JPG"), trip / "elsewhere.JPG");
  trip.expect(0, {"backup"});
  CHECK(contents(trip / "disk").size() == before.size() - 1);

  SUBCASE("under its name") { fs::rename(trip / "elsewhere.JPG", trip.pictures("IMG_0002.JPG")); }
  SUBCASE("under another one") { fs::rename(trip / "elsewhere.JPG", trip.pictures("back.JPG")); }
  const auto summary = trip.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 0);
  CHECK(contents(trip / "disk") == before);
  CHECK(trip.in_quarantine("disk") == 0);
  CHECK(trip.in_quarantine("safe") == 0);
  CHECK(sums_are_right(trip / "disk"));
  CHECK(trip.lists_with_restic("/photos/pictures/2024/2024-05/IMG_0002.JPG"));
  trip.check_with_restic();
  trip.expect(0, {"verify"});
}

TEST_CASE("a photo that comes back changed is a new version, and the old one is kept") {
  Trip trip;
  trip.add_vault();
  trip.expect(0, {"backup"});
  const auto sum = sha256_of(trip.pictures("IMG_0002.JPG"));
  fs::rename(trip.pictures("IMG_0002.JPG"), trip / "elsewhere.JPG");
  trip.expect(0, {"backup"});
  write_file(trip.pictures("IMG_0002.JPG"), read_file(trip / "elsewhere.JPG") + "edited");

  CHECK(trip.expect(0, {"backup"})["renditions_fetched"] == 1);

  CHECK(sha256_of(trip / "disk" / photo) == sha256_of(trip.pictures("IMG_0002.JPG")));
  CHECK(distinct(contents(trip / "disk/.keepsake/versions")).contains(sum));
  CHECK(trip.in_quarantine("disk") == 0);
  CHECK(sums_are_right(trip / "disk"));
  trip.check_with_restic();
  trip.expect(0, {"verify"});
}

TEST_CASE("what its owner takes out of quarantine stays, though it is gone, and after a rebuild") {
  Trip trip;
  trip.add_vault();
  trip.expect(0, {"backup"});
  const auto before = contents(trip / "disk");
  fs::remove(trip.pictures("IMG_0002.JPG"));
  trip.expect(0, {"backup"});

  for (const std::string from : {"disk", "safe"})
    CHECK(trip.expect(0, {"quarantine", from, "restore", "name:IMG_0002*"})["assets"] == 1);

  CHECK(contents(trip / "disk") == before);
  CHECK(sums_are_right(trip / "disk"));
  trip.check_with_restic();
  trip.expect(0, {"backup"});
  trip.expect(0, {"catalog", "rebuild"});
  trip.expect(0, {"backup"});
  CHECK(contents(trip / "disk") == before);
  CHECK(trip.in_quarantine("disk") == 0);
  CHECK(trip.in_quarantine("safe") == 0);
}

TEST_CASE("a catalog made anew knows what lies in quarantine and where it belongs") {
  Trip trip;
  trip.add_vault();
  trip.expect(0, {"backup"});
  const auto before = contents(trip / "disk");
  fs::rename(trip.pictures("IMG_0002.JPG"), trip / "elsewhere.JPG");
  trip.expect(0, {"backup"});

  trip.expect(0, {"catalog", "rebuild"});

  CHECK(trip.in_quarantine("disk") == 1);
  CHECK(trip.in_quarantine("safe") == 1);
  CHECK(trip.expect(0, {"backup"})["bytes_fetched"] == 0);
  fs::rename(trip / "elsewhere.JPG", trip.pictures("IMG_0002.JPG"));
  CHECK(trip.expect(0, {"backup"})["renditions_fetched"] == 0);
  CHECK(contents(trip / "disk") == before);
  trip.expect(0, {"verify"});
}

TEST_CASE("emptying deletes what is due and lies elsewhere, and leaves a last copy") {
  Trip trip(std::vector<std::string>{"disk"});
  trip.add_vault();
  trip.expect(0, {"backup"});
  const auto sum = sha256_of(trip.pictures("IMG_0002.JPG"));
  fs::remove(trip.pictures("IMG_0002.JPG"));
  trip.expect(0, {"backup"});
  CHECK(trip.expect(0, {"quarantine", "disk", "empty"})["assets"] == 0);
  trip.let_days_pass(31);

  CHECK(trip.expect(0, {"quarantine", "disk", "empty"})["assets"] == 1);
  const auto left = trip.expect(24, {"quarantine", "safe", "empty", "--yes"});

  CHECK_FALSE(fs::exists(trip / "disk" / (away + photo)));
  CHECK(sums_are_right(trip / "disk"));
  CHECK(left["assets"] == 0);
  CHECK(left["left"][0]["asset"] == "IMG_0002.JPG");
  CHECK(left["left"][0]["cause"] == "safety_stop");
  trip.expect(0, {"restore", "is:gone", "--from", "safe", "--to", "back"});
  CHECK(sha256_of(trip / "back" / photo) == sum);
  CHECK(trip.expect(0, {"backup"})["bytes_fetched"] == 0);
  trip.expect(0, {"verify"});

  CHECK(trip.expect(0, {"quarantine", "safe", "empty", "--last-copies"})["assets"] == 1);

  CHECK_FALSE(trip.lists_with_restic("IMG_0002.JPG"));
  trip.check_with_restic();
  CHECK(trip.expect(0, {"backup"})["assets_seen"] == 11);
  trip.expect(0, {"verify"});
}

TEST_CASE("a photo that comes back after it was deleted for good is fetched and kept anew") {
  const Trip trip;
  trip.expect(0, {"backup"});
  fs::rename(trip.pictures("IMG_0002.JPG"), trip / "elsewhere.JPG");
  trip.expect(0, {"backup"});
  trip.let_days_pass(31);
  trip.expect(0, {"quarantine", "disk", "empty"});
  fs::rename(trip / "elsewhere.JPG", trip.pictures("IMG_0002.JPG"));

  trip.expect(0, {"backup"});

  CHECK(contents(trip / "disk") == contents(trip / "drive"));
  CHECK(sums_are_right(trip / "disk"));
  trip.expect(0, {"verify"});
}

TEST_CASE("an emptied source puts nothing into quarantine before that is accepted") {
  const Trip trip;
  trip.expect(0, {"backup"});
  const auto before = contents(trip / "disk");
  for (const auto& file : fs::directory_iterator(trip / "pictures")) fs::remove(file);

  const Ran stopped = trip.keepsake({"backup", "--yes"});

  CHECK(stopped.exit_code == 24);
  CHECK(stopped.lines().front()["change"] == "quarantined");
  CHECK(contents(trip / "disk") == before);
  trip.expect(0, {"backup", "--to", "drive"});
  trip.expect(0, {"backup", "--accept-changes"});
  CHECK(contents(trip / "disk").empty());
  CHECK(contents(trip / "disk" / away) == before);
  CHECK(contents(trip / "drive") == before);
  CHECK(sums_are_right(trip / "disk"));
  trip.expect(0, {"verify"});
}

TEST_CASE("a new photo does not take the place of its namesake in quarantine") {
  const Trip trip;
  trip.expect(0, {"backup"});
  const auto sum = sha256_of(trip.pictures("IMG_0002.JPG"));
  fs::remove(trip.pictures("IMG_0002.JPG"));
  trip.expect(0, {"backup"});
  fs::create_directories(trip.pictures("new"));
  fs::copy(trip.pictures("IMG_0004.JPG"), trip.pictures("new/IMG_0002.JPG"));

  trip.expect(0, {"backup"});

  CHECK_FALSE(fs::exists(trip / "disk" / photo));
  trip.expect(0, {"quarantine", "disk", "restore", "is:gone"});
  CHECK(sha256_of(trip / "disk" / photo) == sum);
  CHECK(sums_are_right(trip / "disk"));
}
