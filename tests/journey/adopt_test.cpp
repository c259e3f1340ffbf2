// SPDX-License-Identifier: GPL-3.0-or-later
// What other tools downloaded from iCloud before is taken as it lies, and not downloaded again.
#include "cloud.h"
#include "crypto/sha.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

constexpr int some = 120;  // photos: enough for a shared library, bursts and pairs apart

/// A signed-in account as the source `phone`, and a tree.
void set_up(const Journey& journey, const std::string& tree) {
  add_signed_in(journey);
  journey.expect(0, {"destination", "add", tree, "folder", tree});
}

/// The account's files in the folder `old` under names of their own, each once.
std::vector<fs::path> download_by_other_means(Journey& journey) {
  journey.use_home("other-home");
  set_up(journey, "other");
  journey.expect(0, {"backup"});
  journey.use_home("home");
  std::map<std::string, fs::path> by_sum;
  for (const auto& [path, sum] : contents(journey / "other")) by_sum[sum] = path;
  std::vector<fs::path> files;
  for (const auto& [sum, path] : by_sum) {
    const auto number = std::to_string(files.size());
    const auto folder = journey / "old" / ("day " + std::to_string(files.size() % 7));
    fs::create_directories(folder);
    files.push_back(folder / ("download-" + number));
    fs::rename(journey / "other" / path, files.back());
  }
  fs::remove_all(journey / "other");
  return files;
}

/// Those that one file of the account needs, and no other.
std::vector<fs::path> needed_once(const std::vector<fs::path>& files, const Cloud& cloud) {
  std::multiset<std::string> all;
  for (const auto& [id, sums] : served(cloud)) all.insert(sums.begin(), sums.end());
  std::vector<fs::path> needed;
  for (const fs::path& file : files)
    if (all.count(to_text(crypto::apple_checksum(bytes_of(read_file(file))))) == 1)
      needed.push_back(file);
  return needed;
}

std::uintmax_t count_files(const fs::path& folder) {
  std::uintmax_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) ++count;
  return count;
}

}  // namespace

TEST_CASE("what other tools downloaded is adopted by its bytes, and only the rest is asked for") {
  Journey journey;
  const Cloud cloud(journey, some);
  const auto files = download_by_other_means(journey);
  const auto needed = needed_once(files, cloud);
  REQUIRE(needed.size() > 10);
  flip_byte(needed[0], fs::file_size(needed[0]) / 2);
  fs::resize_file(needed[1], fs::file_size(needed[1]) - 1);
  fs::remove(needed[2]);
  write_file(journey / "old/notes.txt", "not from there");
  const auto before = listing(journey / "old");
  const auto there = count_files(journey / "old");
  set_up(journey, "disk");
  cloud.forget_calls();

  const auto summary = journey.expect(0, {"backup", "--adopt", (journey / "old").string()});

  CHECK(cloud.calls("download") == 3);
  CHECK(kept(journey, "disk") == served(cloud));
  CHECK(sums_are_right(journey / "disk"));
  CHECK(summary["assets_held"] == cloud.photos().size());
  CHECK(summary["renditions_adopted"] == summary["renditions_fetched"].get<int>() - 3);
  CHECK(summary["files_not_adopted"] == 3);  // the damaged one, the short one, the notes
  CHECK(count_files(journey / "old") == there);
  CHECK(listing(journey / "old") == before);

  const auto again = journey.expect(0, {"backup", "--adopt", (journey / "old").string()});
  CHECK(again["renditions_fetched"] == 0);
  CHECK(again["renditions_adopted"] == 0);
  CHECK(cloud.calls("download") == 3);
}

TEST_CASE("a dry run says what would be adopted, from where") {
  Journey journey;
  const Cloud cloud(journey, some);
  const auto files = download_by_other_means(journey);
  fs::remove(files[0]);
  set_up(journey, "disk");
  cloud.forget_calls();

  const Ran ran = journey.keepsake({"backup", "--dry-run", "--adopt", (journey / "old").string()});

  REQUIRE(ran.exit_code == 0);
  std::set<std::string> named;
  for (const json& line : ran.lines())
    if (line["message_type"] == "step" && line["adopted"].is_string())
      named.insert(line["adopted"]);
  std::set<std::string> expected;
  for (auto file = files.begin() + 1; file != files.end(); ++file) expected.insert(file->string());
  CHECK(named == expected);
  CHECK(cloud.calls("download") == 0);
}

TEST_CASE("a folder to adopt from must be there, and be no destination's") {
  Journey journey;
  const Cloud cloud(journey, 20);
  set_up(journey, "disk");
  fs::create_directories(journey / "disk/old");

  for (const fs::path& wrong :
       {journey / "nowhere", journey / "disk/old", journey.folder().path()}) {
    CAPTURE(wrong);
    const auto error = journey.expect(2, {"backup", "--adopt", wrong.string()});
    CHECK(error["message"].get<std::string>().find("nothing was done") != std::string::npos);
  }
  CHECK(cloud.calls("download") == 0);
}

TEST_CASE("adopting for sources that are not downloaded says that it is of no use") {
  const Journey journey;
  make_small_library(journey / "pictures", 3);
  journey.set_up({"disk"});
  fs::create_directories(journey / "old");

  const Ran ran = journey.keepsake({"backup", "--adopt", (journey / "old").string()});

  REQUIRE(ran.exit_code == 0);
  CHECK(ran.lines().front()["message_type"] == "warning");
  CHECK(ran.lines().back()["renditions_adopted"] == 0);
  CHECK(ran.lines().back()["files_not_adopted"].is_null());
}
