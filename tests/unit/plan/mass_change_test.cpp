// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/mass_change.h"

#include "accounts.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::plan;
using namespace keepsake::tests;

TEST_CASE("a photo is upset when its original changed since it was kept anywhere") {
  auto account = account_with(2);
  CHECK_FALSE(upset_of(account, {target(disk)}));

  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");

  CHECK(upset_of(account, {target(disk)}) == Upset::replaced);
  CHECK(upset_of(account, {target(drive)}) == Upset::replaced);
}

TEST_CASE("a change that some destination took was let through, and is none for the others") {
  auto account = account_with(2);
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  keep(account, drive, 1, 11, "Photos/Undated/IMG_1.JPG");

  CHECK_FALSE(upset_of(account, {target(disk), target(drive)}));
}

TEST_CASE("a new edit, a photo as it was, and one that cannot be read now upset nothing") {
  auto edited = account_with(1, 2);
  keep(edited, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  keep(edited, disk, 2, 20, "Photos/Undated/IMG_1 (edited).JPG");
  CHECK_FALSE(upset_of(edited, {target(disk)}));

  auto zeros = account_with(2);
  keep(zeros, disk, 1, 10, "Photos/Undated/IMG_1.JPG");
  zeros.files[0].versions[1].unavailable = Cause::invalid;
  CHECK_FALSE(upset_of(zeros, {target(disk)}));
}

TEST_CASE("what no target of the run takes is not upset by it") {
  auto account = account_with(2);
  keep(account, disk, 1, 10, "Photos/Undated/IMG_1.JPG");

  CHECK_FALSE(upset_of(account, {target_without(disk, "name:IMG*")}));
  CHECK(upset_of(account, {target_without(disk, "name:IMG*"), target(drive)}) == Upset::replaced);
}

TEST_CASE("an original of the same length that was not read yet may be the same") {
  auto account = account_with(2);
  photo::History& original = account.files[0];
  original.versions[1].size = original.versions[0].content->size;
  CHECK(perhaps_unchanged(original) == &original.versions[0]);

  original.versions[1].size += ByteCount{1};
  CHECK(perhaps_unchanged(original) == nullptr);

  CHECK(perhaps_unchanged(account_with(1).files[0]) == nullptr);
}

TEST_CASE("a mass change is more than a hundred, or more than one in twenty and at least ten") {
  CHECK_FALSE(is_mass_change(0, 0));
  CHECK_FALSE(is_mass_change(9, 9));
  CHECK(is_mass_change(10, 10));
  CHECK_FALSE(is_mass_change(10, 200));
  CHECK(is_mass_change(10, 199));
  CHECK_FALSE(is_mass_change(100, 2000));
  CHECK(is_mass_change(100, 1999));
  CHECK_FALSE(is_mass_change(100, 100'000));
  CHECK(is_mass_change(101, 100'000));
}
