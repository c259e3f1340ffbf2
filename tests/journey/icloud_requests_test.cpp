// SPDX-License-Identifier: GPL-3.0-or-later
// How often iCloud is asked: of a library that is large enough for the difference to show.
#include "cloud.h"

#include <doctest/doctest.h>

using namespace keepsake::tests;

namespace {

constexpr std::int64_t photos = 1000;

/// What the made-up account has: its own library and a shared one, six albums in two folders.
constexpr std::int64_t zones = 2;
constexpr std::int64_t albums = 6;
constexpr std::int64_t folders = 2;
constexpr std::int64_t views = 3;  // all, hidden, recently deleted

std::int64_t memberships(const Journey& journey) {
  std::int64_t sum = 0;
  for (const auto& [id, asset] : journey.find())
    sum += static_cast<std::int64_t>(asset["albums"].size());
  return sum;
}

/// Questions of a run, without its downloads.
std::int64_t questions(const json& summary, const Cloud& cloud) {
  return summary["requests"].get<std::int64_t>() - cloud.calls("download");
}

/// Ids of so many photos of one file that nothing else shares.
std::vector<std::string> some_of(const Cloud& cloud, std::size_t most) {
  const auto known = cloud.photos();
  std::map<std::string, int> uses;
  for (const auto& [id, photo] : known) ++uses[photo["master"]];
  std::vector<std::string> ids;
  for (const auto& [id, photo] : known)
    if (ids.size() < most && photo["zone"] == "PrimarySync" && uses[photo["master"]] == 1 &&
        photo["files"].size() == 1 && !photo["trashed"])
      ids.push_back(id);
  return ids;
}

}  // namespace

TEST_CASE("iCloud is asked in proportion to the library once, and then to what changed") {
  Journey journey;
  const Cloud cloud(journey, photos);
  add_signed_in(journey);
  journey.expect(0, {"destination", "add", "disk", "folder", "disk"});
  cloud.forget_calls();

  // A page has a hundred photos, or 66 members of an album. A library with bursts is read once more
  // by its changes, because no list has the frames that were not picked.
  const auto first = journey.expect(0, {"backup"});

  CHECK(first["assets_held"] == photos);
  const auto by_changes = cloud.calls("changes");
  CHECK(questions(first, cloud) - by_changes <=
        photos / 100 + memberships(journey) / 66 + albums + folders + views * zones + 5);
  CHECK(by_changes <= photos / 50);
  CHECK(cloud.calls("download") == first["renditions_fetched"]);

  const auto again = journey.expect(0, {"backup"});

  CHECK(again["requests"] <= 3);

  cloud.forget_calls();
  const auto ids = some_of(cloud, 6);  // of those that are there before the new ones come
  for (int i = 0; i < 4; ++i) cloud.act({{"do", "add"}, {"filename", "IMG_NEW.HEIC"}});
  for (std::size_t i = 0; i < 3; ++i) cloud.act({{"do", "edit"}, {"asset", ids[i]}});
  for (std::size_t i = 3; i < 6; ++i) cloud.act({{"do", "purge"}, {"asset", ids[i]}});
  const auto after = journey.expect(0, {"backup"});

  CHECK(after["renditions_fetched"] == 7);
  CHECK(questions(after, cloud) <= 3 + 10);
  CHECK(cloud.calls("list") == 0);
  CHECK(cloud.calls("download") == 7);
}
