// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/quarantine.h"

#include "accounts.h"
#include "photo/quarantine.h"
#include "plan/mass_change.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace keepsake;
using namespace keepsake::plan;
using namespace keepsake::tests;
using Indexes = std::vector<std::size_t>;

namespace {

constexpr auto day = std::chrono::hours(24);
const Instant now = *parse_instant("2024-06-30T00:00:00Z");
const std::string own = "Photos/Undated/IMG_1.JPG";
const std::string aside = ".keepsake/versions/0123/original.1.JPG";

photo::Account kept(const std::string& path, std::optional<Instant> gone_at = std::nullopt) {
  auto account = account_with(2);
  account.files[0].versions[1].content = some_content(2);
  account.gone_at = gone_at;
  keep(account, disk, 1, 10, aside);
  keep(account, disk, 1, 11, path);
  return account;
}

photo::KeptFile& file_of(photo::Account& account) { return account.in(disk)->files[1]; }

plan::Target quarantining() {
  auto it = target(disk);
  it.on_source_delete = OnSourceDelete::quarantine;
  return it;
}

}  // namespace

TEST_CASE("a file has two places, each of which tells the other") {
  const auto away = photo::other_place(own);
  CHECK(away == ".keepsake/quarantine/" + own);
  CHECK(photo::other_place(away) == own);
  CHECK(photo::own_place(away) == own);
  CHECK(photo::own_place(own) == own);
}

TEST_CASE("what is gone leaves its place only where the owner wants that; older versions stay") {
  const auto gone = kept(own, now);
  CHECK(misplaced(gone, disk, OnSourceDelete::quarantine) == Indexes{1});
  CHECK(misplaced(gone, disk, OnSourceDelete::keep).empty());
  CHECK(misplaced(gone, drive, OnSourceDelete::quarantine).empty());
  CHECK(misplaced(kept(own), disk, OnSourceDelete::quarantine).empty());
  CHECK(misplaced(kept(photo::other_place(own), now), disk, OnSourceDelete::quarantine).empty());
}

TEST_CASE("what is there again comes back whatever the rule is now") {
  const auto back = kept(photo::other_place(own));
  CHECK(misplaced(back, disk, OnSourceDelete::keep) == Indexes{1});
  CHECK(misplaced(back, disk, OnSourceDelete::quarantine) == Indexes{1});
}

TEST_CASE("a damaged file is healed where it lies before it goes anywhere") {
  auto gone = kept(own, now);
  file_of(gone).damaged = true;
  CHECK(misplaced(gone, disk, OnSourceDelete::quarantine).empty());
}

TEST_CASE("what its owner asked back stays, until it goes anew") {
  auto account = kept(own, now - day);
  file_of(account).asked_back_at = now;
  CHECK(misplaced(account, disk, OnSourceDelete::quarantine).empty());

  account.gone_at = now + day;
  CHECK(misplaced(account, disk, OnSourceDelete::quarantine) == Indexes{1});
}

TEST_CASE("a photo is overdue when it is gone, and all of it lies there for longer than that") {
  auto account = kept(photo::other_place(own), now - 40 * day);
  file_of(account).quarantined_at = now - 31 * day;
  CHECK(is_overdue(account, disk, now - 30 * day));
  CHECK_FALSE(is_overdue(account, disk, now - 32 * day));

  auto back = account;
  back.gone_at.reset();
  CHECK_FALSE(is_overdue(back, disk, now));

  auto half = account;
  keep(half, disk, 1, 11, own);
  CHECK_FALSE(is_overdue(half, disk, now));

  auto unknown = account;
  file_of(unknown).quarantined_at.reset();
  CHECK_FALSE(is_overdue(unknown, disk, now));
  CHECK_FALSE(is_overdue(account, drive, now));
}

TEST_CASE("what would go into quarantine counts as upset, and once there no more") {
  CHECK(upset_of(kept(own, now), {quarantining()}) == Upset::quarantined);
  CHECK_FALSE(upset_of(kept(own, now), {target(disk)}));
  CHECK_FALSE(upset_of(kept(photo::other_place(own), now), {quarantining()}));
}

TEST_CASE("what is gone is not brought to a destination that would put it away") {
  auto gone = kept(own, now);
  auto away = quarantining();
  away.destination = drive;

  const auto plan = plan_backup(gone, {away}, {}, "0123456789abcdef");

  CHECK(plan.steps.empty());
  REQUIRE(plan.unheld.size() == 1);
  CHECK(plan.unheld[0].shortfall.state == photo::Shortfall::State::excluded);
  CHECK(plan.unheld[0].shortfall.message == "gone");
}

TEST_CASE("a damaged file in quarantine is healed there") {
  auto gone = kept(photo::other_place(own), now);
  file_of(gone).damaged = true;
  keep(gone, disk, 1, std::nullopt, own);
  keep(gone, drive, 1, 11, own);

  const auto plan = plan_backup(gone, {quarantining()}, {}, "0123456789abcdef");

  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].deliveries.at(0).path == photo::other_place(own));
  CHECK(plan.steps[0].deliveries.at(0).heals);
  CHECK_FALSE(plan.steps[0].from_source);
}
