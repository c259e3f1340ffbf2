// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/backup.h"

#include "accounts.h"
#include "plan/names.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::plan;
using namespace keepsake::tests;
using photo::Account;
using photo::History;
using photo::KeptFile;
using photo::Role;
using photo::Shortfall;
using photo::Standing;
using photo::Version;

namespace {

const std::string tag(64, 'a');

const HomeZone home{[](Instant instant) { return WallTime(instant.time_since_epoch()); },
                    [](WallTime wall) { return Instant(wall.time_since_epoch()); }};

Result<bool> nothing_taken(std::int64_t, const std::string&) { return false; }

/// What the catalog would hold once a plan was carried out.
void carry_out(Account& account, const AssetPlan& plan) {
  for (const Step& step : plan.steps) {
    Version& version = account.files.at(step.file).versions.at(step.version);
    version.content = some_content(static_cast<int>(version.row));
    for (const Delivery& delivery : step.deliveries) {
      Standing& standing = standing_in(account, delivery.destination);
      for (std::size_t i = 0; i < standing.files.size(); ++i) {
        if (standing.files[i].path != delivery.path) continue;
        if (delivery.aside) {
          auto older = standing.files[i];
          older.path = *delivery.aside;
          standing.files.push_back(older);
        }
        standing.files[i].version = version.row;
        standing.files[i].damaged = false;
      }
    }
  }
  for (const auto& unheld : plan.unheld)
    standing_in(account, unheld.destination).shortfalls.push_back(unheld.shortfall);
}

void reserve(Account& account, const NameDecision& decision) {
  Standing& standing = standing_in(account, decision.destination);
  standing.naming = decision.naming;
  for (const auto& path : decision.paths) {
    KeptFile file;
    file.rendition = path.rendition;
    file.path = path.path;
    standing.files.push_back(file);
  }
}

}  // namespace

TEST_CASE("an asset's files are named by one stem") {
  auto account = account_with(1, 1);

  const auto decision = decide_names(account, target(disk), home, tag, nothing_taken).value();

  REQUIRE(decision);
  CHECK(decision->naming == photo::Naming{"Photos/Undated", "IMG_1", "undated"});
  REQUIRE(decision->paths.size() == 2);
  CHECK(decision->paths[0].path == "Photos/Undated/IMG_1.JPG");
  CHECK(decision->paths[1].path == "Photos/Undated/IMG_1 (edited).JPG");
}

TEST_CASE("where one name of an asset is taken, all get a tag, longer until they are free") {
  auto account = account_with(1, 1);
  std::set<std::string> taken{clash_key("Photos/Undated/IMG_1 (EDITED).jpg")};
  const IsTaken is_taken = [&](std::int64_t, const std::string& path) -> Result<bool> {
    return taken.contains(clash_key(path));
  };

  auto decision = decide_names(account, target(disk), home, tag, is_taken).value();
  REQUIRE(decision);
  CHECK(decision->naming.stem == "IMG_1 (aaaaaa)");
  CHECK(decision->paths.at(0).path == "Photos/Undated/IMG_1 (aaaaaa).JPG");

  taken.insert(clash_key("Photos/Undated/img_1 (aaaaaa).jpg"));
  decision = decide_names(account, target(disk), home, tag, is_taken).value();
  CHECK(decision->naming.stem == "IMG_1 (aaaaaaaa)");
}

TEST_CASE("where every name is taken there is none, and no loop without end") {
  const auto account = account_with(1);
  const IsTaken all = [](std::int64_t, const std::string&) -> Result<bool> { return true; };

  const auto decision = decide_names(account, target(disk), home, tag, all);

  REQUIRE_FALSE(decision);
  CHECK(decision.error().cause == Cause::conflict);
}

TEST_CASE("an error while names are looked up is no free name") {
  const auto account = account_with(1);
  const IsTaken broken = [](std::int64_t, const std::string&) -> Result<bool> {
    return fail(Cause::absent, "unplugged");
  };

  const auto decision = decide_names(account, target(disk), home, tag, broken);

  REQUIRE_FALSE(decision);
  CHECK(decision.error().cause == Cause::absent);
}

TEST_CASE("a file that joins later is named by the stem the asset has") {
  auto account = account_with(1, 1);
  keep(account, disk, 1, 10, "Photos/2020/old.JPG");
  standing_in(account, disk).naming = photo::Naming{"Photos/2020", "old", "2020-01"};

  auto decision = decide_names(account, target(disk), home, tag, nothing_taken).value();
  REQUIRE(decision);
  CHECK(decision->naming.stem == "old");
  REQUIRE(decision->paths.size() == 1);
  CHECK(decision->paths[0].path == "Photos/2020/old (edited).JPG");

  const IsTaken plain = [](std::int64_t, const std::string& path) -> Result<bool> {
    return path == "Photos/2020/old (edited).JPG";
  };
  decision = decide_names(account, target(disk), home, tag, plain).value();
  CHECK(decision->naming.stem == "old");
  CHECK(decision->paths.at(0).path == "Photos/2020/old (aaaaaa) (edited).JPG");
}

TEST_CASE("nothing is named that is not to be kept") {
  auto account = account_with(1);
  const auto without = target_without(disk, "name:IMG_1.JPG");
  CHECK_FALSE(decide_names(account, without, home, tag, nothing_taken).value());

  keep(account, disk, 1, std::nullopt, "Photos/Undated/IMG_1.JPG");
  CHECK_FALSE(decide_names(account, target(disk), home, tag, nothing_taken).value());

  auto lost = account_with(1);
  lost.gone_at = Instant();
  CHECK_FALSE(decide_names(lost, target(disk), home, tag, nothing_taken).value());
  keep(lost, drive, 1, 10, "Photos/Undated/IMG_1.JPG");
  CHECK(decide_names(lost, target(disk), home, tag, nothing_taken).value());
}

TEST_CASE("what a destination lacks is fetched once for all that lack it") {
  auto account = account_with(1, 1);
  for (const std::int64_t destination : {disk, drive}) {
    keep(account, destination, 1, std::nullopt, "Photos/Undated/IMG_1.JPG");
    keep(account, destination, 2, std::nullopt, "Photos/Undated/IMG_1 (edited).JPG");
  }
  account.in(drive)->files[0].version = 10;

  const auto plan = plan_backup(account, {target(disk), target(drive)}, home, tag);

  REQUIRE(plan.steps.size() == 2);
  CHECK(plan.unheld.empty());
  CHECK(plan.steps[0].from_source);
  REQUIRE(plan.steps[0].deliveries.size() == 1);
  CHECK(plan.steps[0].deliveries[0].destination == disk);
  CHECK(plan.steps[0].deliveries[0].path == "Photos/Undated/IMG_1.JPG");
  CHECK(plan.steps[1].deliveries.size() == 2);
}

TEST_CASE("a replaced version is put aside under its number") {
  auto account = account_with(2);
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");

  const auto plan = plan_backup(account, {target(disk)}, home, tag);

  REQUIRE(plan.steps.size() == 1);
  const auto& delivery = plan.steps[0].deliveries.at(0);
  CHECK(plan.steps[0].version == 1);
  CHECK(delivery.puts_aside == 10);
  CHECK(delivery.aside == ".keepsake/versions/aaaaaaaaaaaaaaaa/original.1.JPG");
  CHECK_FALSE(delivery.heals);
}

TEST_CASE("two files of one role are put aside under two names") {
  auto account = account_with(2, 2);
  account.files[1].role = Role::original;
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  keep(account, disk, 2, 20, "Photos/Undated/IMG_1 (2).JPG");

  const auto plan = plan_backup(account, {target(disk)}, home, tag);

  REQUIRE(plan.steps.size() == 2);
  CHECK(plan.steps[0].deliveries.at(0).aside != plan.steps[1].deliveries.at(0).aside);
}

TEST_CASE("a damaged file gives way, and is not put aside") {
  auto account = account_with(2);
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  account.in(disk)->files[0].damaged = true;

  const auto plan = plan_backup(account, {target(disk)}, home, tag);

  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].deliveries.at(0).heals);
  CHECK_FALSE(plan.steps[0].deliveries[0].aside);
}

TEST_CASE("a gone photo comes from who has it, and is owed to nobody where none has") {
  auto account = account_with(1);
  account.gone_at = Instant();
  keep(account, disk, 1, std::nullopt, "Photos/Undated/IMG_1.JPG");

  auto plan = plan_backup(account, {target(disk)}, home, tag);
  CHECK(plan.steps.empty());
  REQUIRE(plan.unheld.size() == 1);
  CHECK(plan.unheld[0].shortfall.state == Shortfall::State::excluded);
  CHECK(plan.unheld[0].shortfall.message == "gone");

  keep(account, drive, 1, 10, "Photos/Undated/IMG_1.JPG");
  plan = plan_backup(account, {target(disk), target(drive)}, home, tag);
  CHECK(plan.unheld.empty());
  REQUIRE(plan.steps.size() == 1);
  CHECK_FALSE(plan.steps[0].from_source);
  CHECK(plan.steps[0].deliveries.at(0).destination == disk);

  account.in(drive)->files[0].damaged = true;
  plan = plan_backup(account, {target(disk)}, home, tag);
  CHECK(plan.steps.empty());
}

TEST_CASE("what a rule keeps out is told by that rule") {
  auto account = account_with(1);
  account.asset.hidden = true;

  const auto plan = plan_backup(account, {target_without(disk, "is:hidden")}, home, tag);
  CHECK(plan.steps.empty());
  REQUIRE(plan.unheld.size() == 1);
  CHECK(plan.unheld[0].shortfall.state == Shortfall::State::excluded);
  CHECK(plan.unheld[0].shortfall.message == "is:hidden");

  auto other_source = target(disk);
  other_source.sources = {"camera"};
  const auto none = plan_backup(account, {other_source}, home, tag);
  CHECK(none.unheld.at(0).shortfall.message == "sources");
}

TEST_CASE("what a destination holds already stays, whatever a rule says now") {
  auto account = account_with(1);
  account.asset.hidden = true;
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");

  const auto plan = plan_backup(account, {target_without(disk, "is:hidden")}, home, tag);

  CHECK(plan.steps.empty());
  CHECK(plan.unheld.empty());
}

TEST_CASE("what could not be looked into has failed, and gets its name when its date is known") {
  auto account = account_with(1);
  account.files[0].versions[0].unavailable = Cause::denied;

  CHECK_FALSE(decide_names(account, target(disk), home, tag, nothing_taken).value());
  const auto plan = plan_backup(account, {target(disk)}, home, tag);

  CHECK(plan.steps.empty());
  REQUIRE(plan.unheld.size() == 1);
  CHECK(plan.unheld[0].shortfall.state == Shortfall::State::failed);
  CHECK(plan.unheld[0].shortfall.cause == Cause::denied);
  account.files[0].versions[0].unavailable.reset();
  CHECK(decide_names(account, target(disk), home, tag, nothing_taken).value());
}

TEST_CASE("a file without bytes is waited for, with the reason") {
  for (const Cause cause : {Cause::absent, Cause::not_found, Cause::invalid}) {
    CAPTURE(name(cause));
    auto account = account_with(1, 1);
    account.files[0].versions[0].unavailable = cause;
    for (const std::int64_t rendition : {1, 2})
      keep(account, disk, rendition, std::nullopt, "Photos/" + std::to_string(rendition));

    const auto plan = plan_backup(account, {target(disk)}, home, tag);

    REQUIRE(plan.unheld.size() == 1);
    CHECK(plan.unheld[0].shortfall.state == Shortfall::State::pending);
    CHECK(plan.unheld[0].shortfall.cause == cause);
    CHECK_FALSE(plan.unheld[0].shortfall.message.empty());
    CHECK(plan.steps.size() == 1);
    CHECK_FALSE(wants(account, "IMG_1.JPG", target(disk)));
    CHECK(wants(account, "IMG_E1.JPG", target(disk)));
  }
}

TEST_CASE("bytes that their source let go of come from whoever holds them") {
  auto account = account_with(1);
  account.files[0].versions[0].unavailable = Cause::absent;
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  keep(account, drive, 1, std::nullopt, "Photos/Undated/IMG_1.JPG");

  const auto plan = plan_backup(account, {target(disk), target(drive)}, home, tag);

  CHECK(plan.unheld.empty());
  REQUIRE(plan.steps.size() == 1);
  CHECK_FALSE(plan.steps[0].from_source);
  REQUIRE(plan.steps[0].deliveries.size() == 1);
  CHECK(plan.steps[0].deliveries[0].destination == drive);
}

TEST_CASE("a repair brings back every damaged version, from the source only if it has that one") {
  auto account = account_with(2);
  keep(account, disk, 1, 11, "Photos/Undated/IMG_1.JPG");
  keep(account, disk, 1, 10, ".keepsake/versions/x/original.1.JPG");
  for (auto& file : account.in(disk)->files) file.damaged = true;

  auto plan = plan_repair(account, disk);
  REQUIRE(plan.steps.size() == 2);
  CHECK(plan.steps[0].from_source);
  CHECK(plan.steps[0].version == 1);
  CHECK_FALSE(plan.steps[1].from_source);
  CHECK(plan.steps[1].version == 0);
  CHECK(plan.steps[1].deliveries.at(0).heals);

  account.gone_at = Instant();
  plan = plan_repair(account, disk);
  CHECK_FALSE(plan.steps.at(0).from_source);
  CHECK(plan_repair(account, drive).steps.empty());
}

TEST_CASE("a pair is settled when all is held or excluded") {
  auto account = account_with(1);
  CHECK_FALSE(is_settled(account, disk));

  standing_in(account, disk).shortfalls = {{10, Shortfall::State::pending, Cause::absent, "", 0}};
  CHECK_FALSE(is_settled(account, disk));

  account.in(disk)->shortfalls[0].state = Shortfall::State::excluded;
  CHECK(is_settled(account, disk));

  account.in(disk)->shortfalls.clear();
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  CHECK(is_settled(account, disk));

  account.in(disk)->files[0].damaged = true;
  CHECK_FALSE(is_settled(account, disk));
}

TEST_CASE("once a plan is carried out there is nothing left to plan") {
  CHECK(rc::check([] {
    auto account = account_with(*rc::gen::inRange(1, 4), *rc::gen::inRange(0, 3));
    if (*rc::gen::arbitrary<bool>()) account.gone_at = Instant();
    account.asset.hidden = *rc::gen::arbitrary<bool>();
    const std::vector<Target> targets{
        *rc::gen::arbitrary<bool>() ? target(disk) : target_without(disk, "is:hidden"),
        target(drive)};
    for (const History& file : account.files) {
      for (const std::int64_t destination : {disk, drive}) {
        if (!*rc::gen::arbitrary<bool>()) continue;
        const auto& version = *rc::gen::elementOf(file.versions);
        keep(account, destination, file.row, version.row, "Photos/" + std::to_string(file.row));
        account.in(destination)->files.back().damaged = *rc::gen::inRange(0, 4) == 0;
      }
    }
    for (const Target& it : targets)
      if (const auto names = decide_names(account, it, home, tag, nothing_taken).value())
        reserve(account, *names);

    carry_out(account, plan_backup(account, targets, home, tag));

    const auto again = plan_backup(account, targets, home, tag);
    RC_ASSERT(again.steps.empty());
    for (const Target& it : targets) {
      RC_ASSERT(is_settled(account, it.destination));
      RC_ASSERT(!decide_names(account, it, home, tag, nothing_taken).value());
      std::set<std::string> paths;
      if (const Standing* standing = account.in(it.destination))
        for (const KeptFile& file : standing->files) RC_ASSERT(paths.insert(file.path).second);
    }
  }));
}
