// SPDX-License-Identifier: GPL-3.0-or-later
#include "journey.h"
#include "sqlite/database.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

using namespace keepsake::tests;

namespace {

void set_up_trip(const Journey& journey, const std::vector<std::string>& destinations) {
  fs::create_directories(journey / "pictures");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2024 Kyoto", journey / "pictures");
  journey.set_up(destinations);
}

/// The files that have their names in a tree.
std::size_t files_in(const fs::path& tree) {
  return fs::exists(tree / "Photos") ? contents(tree / "Photos").size() : 0;
}

/// Whether whatever has a name in the tree is a whole file of these contents.
bool has_only(const fs::path& tree, const std::set<std::string>& sums) {
  for (const char* part : {"Photos", ".keepsake/versions"}) {
    if (!fs::exists(tree / part)) continue;
    for (const auto& [path, sum] : contents(tree / part)) {
      INFO(path);
      CHECK(sums.contains(sum));
      if (!sums.contains(sum)) return false;
    }
  }
  return true;
}

/// Everything in a folder belongs to somebody without the rights of root from now on.
void give_to_nobody(const fs::path& folder) {
  constexpr uid_t nobody = 65534;
  if (geteuid() != 0) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (lchown(entry.path().c_str(), nobody, nobody) != 0) throw std::runtime_error("cannot chown");
  if (lchown(folder.c_str(), nobody, nobody) != 0) throw std::runtime_error("cannot chown");
}

Ran run_as_nobody(const Journey& journey, std::vector<std::string> words) {
  auto command = journey.command(std::move(words));
  command.as_nobody = true;
  return run(command);
}

bool nobody_can_run(const Journey& journey) {
  give_to_nobody(journey.folder().path());
  if (run_as_nobody(journey, {"version"}).exit_code == 0) return true;
  MESSAGE("skipped: the program lies where only root can run it");
  return false;
}

}  // namespace

TEST_CASE("empty files and files of zeros are never held, and each is named with its cause") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  write_file(journey / "pictures/empty.jpg", "");
  write_file(journey / "pictures/zeros.heic", std::string(9000, '\0'));
  write_file(journey / "pictures/placeholder.jpg", "");
  fs::resize_file(journey / "pictures/placeholder.jpg", 500000);

  const auto first = journey.expect(3, {"backup"});
  const auto second = journey.expect(3, {"backup"});

  const std::map<std::string, std::string> expected{
      {"empty.jpg", "invalid"}, {"placeholder.jpg", "absent"}, {"zeros.heic", "invalid"}};
  for (const json& summary : {first, second}) {
    CHECK(not_safe(summary) == expected);
    CHECK(summary["assets_pending"] == 3);
    CHECK(summary["assets_held"] == 12);
    CHECK(summary["assets_seen"] == 15);
  }
  CHECK(second["renditions_fetched"] == 0);
  CHECK(files_in(journey / "disk") == 12);
}

TEST_CASE("a pending file is taken as soon as its bytes are there") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  fs::rename(journey / "pictures/IMG_0001.HEIC", journey / "whole.HEIC");
  write_file(journey / "pictures/IMG_0001.HEIC", "");
  journey.expect(3, {"backup"});

  fs::remove(journey / "pictures/IMG_0001.HEIC");
  fs::rename(journey / "whole.HEIC", journey / "pictures/IMG_0001.HEIC");
  const auto summary = journey.expect(0, {"backup"});

  CHECK(summary["renditions_fetched"] == 1);
  CHECK(summary["not_safe"].empty());
  CHECK(sums_are_right(journey / "disk"));
}

TEST_CASE("a file that may not be read is named, and costs no other photo") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  fs::permissions(journey / "pictures/IMG_0001.HEIC", fs::perms::none);
  if (!nobody_can_run(journey)) return;

  const auto ran = run_as_nobody(journey, {"backup"});

  CHECK(ran.exit_code == 3);
  CHECK(not_safe(ran.summary()) == std::map<std::string, std::string>{{"IMG_0001.HEIC", "denied"}});
  CHECK(ran.summary()["assets_held"] == 11);
  fs::permissions(journey / "pictures/IMG_0001.HEIC", fs::perms::owner_all);
  const auto next = run_as_nobody(journey, {"backup"});
  CHECK(next.exit_code == 0);
  CHECK(next.summary()["renditions_fetched"] == 1);
}

TEST_CASE("a folder that may not be listed is named, and what it held is not taken for gone") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  fs::create_directories(journey / "pictures/more");
  fs::rename(journey / "pictures/IMG_0001.HEIC", journey / "pictures/more/IMG_0001.HEIC");
  journey.expect(0, {"backup"});
  if (!nobody_can_run(journey)) return;
  fs::permissions(journey / "pictures/more", fs::perms::none);

  const auto ran = run_as_nobody(journey, {"backup"});

  fs::permissions(journey / "pictures/more", fs::perms::owner_all);
  CHECK(ran.exit_code == 3);
  CHECK(not_safe(ran.summary()) == std::map<std::string, std::string>{{"more", "denied"}});
  CHECK(journey.find().at("more/IMG_0001.HEIC")["gone_at"] == nullptr);
}

TEST_CASE(
    "a destination that is away is named; alone it ends the backup, and nothing is made there") {
  const Journey journey;
  set_up_trip(journey, {"disk", "drive"});
  fs::rename(journey / "drive", journey / "unplugged");

  journey.expect(23, {"backup", "--to", "drive"});
  const auto summary = journey.expect(3, {"backup"});

  CHECK(not_safe(summary).at("drive") == "absent");
  CHECK(sums_are_right(journey / "disk"));
  CHECK_FALSE(fs::exists(journey / "drive"));
  journey.expect(23, {"verify", "drive"});
  fs::rename(journey / "unplugged", journey / "drive");
  CHECK(journey.expect(0, {"backup"})["not_safe"].empty());
  CHECK(contents(journey / "drive") == contents(journey / "disk"));
}

TEST_CASE("a folder without its marker is no destination, as when a drive is not mounted") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  fs::remove(journey / "disk/.keepsake/tree.json");
  const auto before = listing(journey / "disk");

  journey.expect(23, {"backup"});

  CHECK(listing(journey / "disk") == before);
}

TEST_CASE("a destination that had no backup for longer than its owner wants is named") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  const auto is_due = [&] { return of(journey.expect(0, {"status"}), "disk")["backup_due"]; };
  auto ledger = keepsake::sqlite::Database::open(journey.home() / "catalog.db",
                                                 keepsake::sqlite::Access::read_write);
  REQUIRE(ledger);
  const std::string day = "86400000";

  CHECK(is_due() == false);
  REQUIRE(ledger->run("UPDATE destination SET last_success = last_success - 29 * " + day));
  CHECK(is_due() == false);
  REQUIRE(ledger->run("UPDATE destination SET last_success = last_success - 2 * " + day));
  CHECK(is_due() == true);
  auto status = journey.command({"status"});
  std::erase(status.words, "--json");
  CHECK(run(status).out.find("a backup is due") != std::string::npos);
  journey.expect(0, {"backup"});
  CHECK(is_due() == false);
}

TEST_CASE("where not all photos will fit, that is told before the first one is brought") {
  const Journey journey;
  set_up_trip(journey, {});
  fs::create_directories(journey / "small");
  if (run({{"unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"}}).exit_code != 0) {
    MESSAGE("skipped: file systems cannot be mounted here");
    return;
  }
  // What is mounted there is so for these two commands alone.
  auto command = journey.command({});
  command.words = {"unshare",
                   "--mount",
                   "sh",
                   "-c",
                   "mount -t tmpfs -o size=64k none \"$1\" && "
                   "\"$0\" --json destination add small folder \"$1\" && "
                   "\"$0\" --json backup",
                   KEEPSAKE_PROGRAM,
                   (journey / "small").string()};

  const Ran ran = run(command);

  CHECK(ran.exit_code == 3);
  const auto lines = ran.lines();
  const auto told = std::find_if(lines.begin(), lines.end(), [](const json& line) {
    return line["message_type"] == "warning";
  });
  REQUIRE(told != lines.end());
  CHECK((*told)["source"] == "small");
  CHECK((*told)["message"].get<std::string>().find("are free") != std::string::npos);
  CHECK(ran.summary()["not_safe"][0]["cause"] == "full");
}

TEST_CASE("a source that is away ends the backup; with another source it is named") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  journey.expect(0, {"backup"});
  fs::rename(journey / "pictures", journey / "unplugged");
  journey.expect(23, {"backup"});
  fs::create_directories(journey / "others");
  fs::copy(fs::path(KEEPSAKE_DEMO_LIBRARY) / "2023 Home", journey / "others");
  journey.expect(0, {"source", "add", "others", "folder", "others"});

  const auto summary = journey.expect(3, {"backup"});

  CHECK(not_safe(summary) == std::map<std::string, std::string>{{"pictures", "absent"}});
  CHECK(journey.find({"is:gone"}).empty());
}

TEST_CASE("a source inside a destination or the reverse is refused, before anything is written") {
  const Journey journey;
  set_up_trip(journey, {"disk"});

  journey.expect(2, {"destination", "add", "inner", "folder", "pictures/backup"});
  journey.expect(2, {"source", "add", "again", "folder", "disk"});
  fs::create_directory_symlink(journey / "pictures", journey / "link");
  journey.expect(2, {"destination", "add", "linked", "folder", "link/backup"});

  CHECK_FALSE(fs::exists(journey / "pictures/backup"));
}

TEST_CASE("a second run waits for nobody: it says that another is writing") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  const int lock = open((journey.home() / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  REQUIRE(fcntl(lock, F_OFD_SETLK, &whole) == 0);

  journey.expect(13, {"backup"});
  journey.expect(13, {"catalog", "rebuild"});
  journey.expect(0, {"find"});
  journey.expect(0, {"status"});

  close(lock);
  journey.expect(0, {"backup"});
}

TEST_CASE("a foreign file in a tree is never touched, and its name counts as taken") {
  const Journey journey;
  set_up_trip(journey, {"disk"});
  write_file(journey / "disk/Photos/2024/2024-05/img_0001.heic", "somebody's own");

  journey.expect(0, {"backup"});

  CHECK(read_file(journey / "disk/Photos/2024/2024-05/img_0001.heic") == "somebody's own");
  const auto path = path_in(rendition(journey.find().at("IMG_0001.HEIC"), "original"), "disk");
  CHECK(path.starts_with("Photos/2024/2024-05/IMG_0001 ("));
}

TEST_CASE("Ctrl-C ends a backup with 130, and the next one fetches only the rest") {
  constexpr int files = 600;
  for (int attempt = 0;; ++attempt) {
    const Journey journey;
    make_small_library(journey / "pictures", files);
    journey.set_up({"disk"});
    const auto sums = distinct(contents(journey / "pictures"));

    Process backup(journey.command({"backup"}));
    comes_true(
        [&] { return backup.has_ended() || fs::exists(journey / "disk/.keepsake/journal"); });
    backup.send(SIGINT);
    const auto interrupted = backup.wait();
    if (interrupted.exit_code == 0 && attempt < 5) continue;  // it was faster than we

    CHECK(interrupted.exit_code == 130);
    CHECK(interrupted.summary()["message_type"] == "error");
    CHECK(interrupted.summary()["code"] == 130);
    const auto stored = files_in(journey / "disk");
    CHECK(stored > 0);
    CHECK(stored < files);
    CHECK(has_only(journey / "disk", sums));
    const auto summary = journey.expect(0, {"backup"});
    CHECK(summary["renditions_fetched"] == files - stored);
    CHECK(summary["assets_held"] == files);
    CHECK(files_in(journey / "disk") == files);
    CHECK(sums_are_right(journey / "disk"));
    return;
  }
}

TEST_CASE(
    "killed at any moment, a backup leaves no half file, and the next one finishes the work") {
  constexpr int files = 200;
  constexpr int edits = 60;
  std::mt19937 chance(20240817);
  const auto kill_at_some_moment = [&](const Journey& journey, std::chrono::milliseconds longest) {
    Process backup(journey.command({"backup", "--accept-changes"}));
    std::uniform_int_distribution<std::int64_t> moment(0, longest.count());
    std::this_thread::sleep_for(std::chrono::milliseconds(moment(chance)));
    backup.send(SIGKILL);
    static_cast<void>(backup.wait());
  };
  std::chrono::milliseconds longest(400);
  for (int round = 0; round < 10; ++round) {
    CAPTURE(round);
    const Journey journey;
    make_small_library(journey / "pictures", files);
    journey.set_up({"disk"});
    auto sums = distinct(contents(journey / "pictures"));

    kill_at_some_moment(journey, longest);
    auto stored = files_in(journey / "disk");
    CHECK(has_only(journey / "disk", sums));
    const auto begun = std::chrono::steady_clock::now();
    const auto first = journey.expect(0, {"backup"});
    if (stored == 0)
      longest = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - begun);
    CHECK(first["renditions_fetched"] == files - stored);
    CHECK(first["assets_held"] == files);
    CHECK(sums_are_right(journey / "disk"));

    int edited = 0;
    for (const auto& entry : fs::recursive_directory_iterator(journey / "pictures"))
      if (entry.is_regular_file() && edited < edits) {
        write_file(entry.path(), read_file(entry.path()) + "edited");
        ++edited;
      }
    sums.merge(distinct(contents(journey / "pictures")));
    kill_at_some_moment(journey, longest);
    CHECK(has_only(journey / "disk", sums));
    const auto second = journey.expect(0, {"backup", "--accept-changes"});
    CHECK(second["renditions_fetched"] <= edits);
    CHECK(second["assets_held"] == files);
    CHECK(sums_are_right(journey / "disk"));
    CHECK(distinct(contents(journey / "disk/Photos")) == distinct(contents(journey / "pictures")));
    CHECK(contents(journey / "disk/.keepsake/versions").size() == edits);
    CHECK(journey.expect(0, {"backup"})["renditions_fetched"] == 0);
    journey.expect(0, {"verify"});
  }
}

TEST_CASE("the program tells its version as a verb and as an option") {
  const Journey journey;

  const auto ran = journey.keepsake({"--version"});

  CHECK(ran.exit_code == 0);
  const auto version = journey.expect(0, {"version"})["version"].get<std::string>();
  CHECK(ran.out == "keepsake " + version + "\n");
}
