// SPDX-License-Identifier: GPL-3.0-or-later
// A library that changes by chance while it is read and between runs: what the ledger comes to is
// what the account has.
#include "base/text.h"
#include "catalog/catalog.h"
#include "job/note_changes.h"
#include "os/folder.h"
#include "restless_cloud.h"
#include "source/icloud/zone.h"
#include "stand_in.h"
#include "tests/support/soak.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Json = nlohmann::json;

namespace {

/// What is compared of a photo, a line for each thing.
using Lines = std::set<std::string>;
using Account = std::map<std::string, Lines>;

/// As the simulated account has it, by zone and id.
Account account_of(const Json& photos) {
  Account account;
  for (const Json& photo : photos) {
    auto& lines = account[fmt::format(
        "{} {}", photo["zone"].get<std::string>(), photo["asset"].get<std::string>())];
    lines.insert(fmt::format("taken {}", photo["taken"].get<std::int64_t>()));
    for (const char* state : {"hidden", "trashed", "favorite"})
      if (photo[state]) lines.insert(state);
    // The albums of what is in none of their lists are known when it comes back.
    const bool is_listed = !photo["hidden"] && !photo["trashed"];
    for (const Json& path : is_listed ? photo["albums"] : Json::array())
      lines.insert("album " +
                   to_nfc(fmt::format("{}", fmt::join(path.get<std::vector<std::string>>(), "/"))));
    // Where its master is missing, nothing is known of its files.
    if (!photo.contains("filename")) continue;
    lines.insert("name " + photo["filename"].get<std::string>());
    for (const Json& file : photo["files"])
      lines.insert("file " + file["checksum"].get<std::string>());
  }
  return account;
}

Lines lines_of(const photo::Asset& asset) {
  Lines lines;
  if (asset.taken)
    lines.insert(fmt::format(
        "taken {}",
        instant_of(asset.taken->time)->time_since_epoch() / std::chrono::milliseconds(1)));
  if (asset.hidden) lines.insert("hidden");
  if (asset.trashed) lines.insert("trashed");
  if (asset.favorite) lines.insert("favorite");
  if (!asset.hidden && !asset.trashed)
    for (const auto& album : asset.albums)
      lines.insert("album " + fmt::format("{}", fmt::join(album.parts, "/")));
  const auto is_there = [](const auto& file) { return file.apple_checksum.has_value(); };
  if (std::none_of(asset.renditions.begin(), asset.renditions.end(), is_there)) return lines;
  lines.insert("name " + asset.name);
  for (const auto& file : asset.renditions)
    if (file.apple_checksum) lines.insert("file " + to_text(*file.apple_checksum));
  return lines;
}

/// A home's ledger and sign-in, and the account that they are of.
class Follower {
 public:
  Follower(RestlessCloud& cloud, const StandIn& stand_in) : cloud_(cloud), stand_in_(stand_in) {
    catalog_ = catalog::Catalog::open(folder_ / "catalog.sqlite", os::system_clock()).value();
    row_ = catalog_->know_source({0, {}, "phone", "icloud"}).value();
    sign_in(stand_in, folder_.path());
  }

  /// One run; returns what it asked for.
  std::uint64_t look(const std::stop_token& stop = {}) {
    const auto source = source_of(stand_in_, folder_.path());
    const auto noted = job::note_changes(*source, *catalog_, row_, job::LookWatcher{}, stop);
    const bool was_stopped = !noted && noted.error().cause == Cause::cancelled;
    if (!noted && !was_stopped) FAIL_CHECK(noted.error().message());
    if (noted)
      for (const auto& unreadable : noted->unreadable)
        FAIL_CHECK(fmt::format("{}: {}", unreadable.path, unreadable.error.message()));
    return source->requests();
  }

  /// Where the ledger differs from the account, in words.
  std::vector<std::string> differences() {
    auto expected = account_of(cloud_.photos());
    std::vector<std::string> differences;
    std::int64_t last = 0;
    for (;;) {
      const auto page = catalog_->accounts_after(last, 500).value();
      if (page.empty()) break;
      last = page.back().row;
      for (const photo::Account& photo : page) {
        if (photo.gone_at) continue;
        const auto name =
            source::icloud::zone_of(photo.asset.key.library).name + " " + photo.asset.key.id;
        const auto lines = lines_of(photo.asset);
        const auto found = expected.find(name);
        if (found == expected.end())
          differences.push_back(name + " is there once too often");
        else if (found->second != lines)
          differences.push_back(fmt::format("{} is [{}], not [{}]",
                                            name,
                                            fmt::join(lines, "; "),
                                            fmt::join(found->second, "; ")));
        if (found != expected.end()) expected.erase(found);
      }
    }
    for (const auto& [name, lines] : expected) differences.push_back(name + " is lost");
    return differences;
  }

 private:
  RestlessCloud& cloud_;
  const StandIn& stand_in_;
  TempFolder folder_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::int64_t row_ = 0;
};

}  // namespace

TEST_CASE("whatever happens to a library while it is read, in the end its account is right") {
  const std::uint64_t schedules = is_soak() ? 500 : 30;
  RestlessCloud* cloud = nullptr;
  const StandIn stand_in(
      [&](const simulate::icloud::Request& request) { return cloud->answer(request); });
  std::uint64_t happenings = 0;
  for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
    CAPTURE(seed);
    RestlessCloud restless(seed);
    cloud = &restless;
    Follower follower(restless, stand_in);

    for (auto runs = 1 + restless.number(3); runs > 0; --runs) {
      restless.be_restless();
      const bool is_cut_short = restless.number(3) == 0;
      follower.look(is_cut_short ? restless.stop_after(restless.number(30)) : std::stop_token());
      restless.be_quiet();
      restless.live(8);
    }
    follower.look();

    const auto differences = follower.differences();
    CHECK_MESSAGE(differences.empty(), fmt::format("{}", fmt::join(differences, "\n")));
    CHECK(follower.look() <= 3);
    happenings += restless.happenings();
  }
  MESSAGE(schedules, " random schedules with ", happenings, " changes were followed");
}
