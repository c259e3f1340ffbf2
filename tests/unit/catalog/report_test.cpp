// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/report.h"

#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using catalog::AssetSum;
using photo::Shortfall;

namespace {

struct Fixture : Ledger {
  AssetSum sum(const std::vector<std::int64_t>& destinations) const {
    const auto sum = must(catalog::sum_assets(*catalog, std::vector{source}, destinations));
    CHECK(sum.seen == sum.held + sum.pending + sum.failed + sum.excluded);
    return sum;
  }

  void exclude(const std::string& id, std::int64_t destination) const {
    record_unheld(id, destination, Shortfall::State::excluded, Cause::not_found);
    catalog::Progress progress;
    progress.settled = {{account(id).row, destination}};
    must(catalog->record(progress));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "an asset is held only when every destination of the run has all of it") {
  note({photo_of("both", "1"), photo_of("one", "2"), photo_of("none", "3")});
  keep("both", disk, "1");
  keep("both", drive, "1");
  keep("one", disk, "2");

  const auto both = sum({disk, drive});
  CHECK(both.seen == 3);
  CHECK(both.held == 1);
  CHECK(both.pending == 2);
  const auto one = sum({disk});
  CHECK(one.held == 2);
  CHECK(one.pending == 1);
}

TEST_CASE_FIXTURE(Fixture, "failed outranks pending, and what is excluded everywhere is neither") {
  note({photo_of("failed", "1"), photo_of("pending", "2"), photo_of("excluded", "3")});
  record_unheld("failed", disk, Shortfall::State::failed, Cause::denied);
  record_unheld("failed", drive, Shortfall::State::pending, Cause::absent);
  record_unheld("pending", disk, Shortfall::State::pending, Cause::absent);
  exclude("excluded", disk);
  exclude("excluded", drive);

  const auto both = sum({disk, drive});

  CHECK(both.failed == 1);
  CHECK(both.pending == 1);
  CHECK(both.excluded == 1);
  CHECK(both.held == 0);
}

TEST_CASE_FIXTURE(Fixture, "an asset excluded from one destination and held by the other is held") {
  note({photo_of("a", "1")});
  keep("a", disk, "1");
  exclude("a", drive);

  CHECK(sum({disk, drive}).held == 1);
  CHECK(sum({drive}).excluded == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "an asset excluded from one destination and owed to the other is pending") {
  note({photo_of("a", "1")});
  exclude("a", disk);

  const auto both = sum({disk, drive});

  CHECK(both.pending == 1);
  CHECK(both.excluded == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "what a new rule keeps out is excluded, also where an older version lies") {
  note({photo_of("a", "1")});
  keep("a", disk, "1");
  exclude("a", disk);
  CHECK(sum({disk}).held == 1);

  note({photo_of("a", "2")});
  exclude("a", disk);

  CHECK(sum({disk}).excluded == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "once its rules change, nobody is excluded from a destination by the old") {
  note({photo_of("a", "1")});
  exclude("a", disk);
  CHECK(sum({disk}).excluded == 1);

  must(catalog->know_destination({0, id128(2), "disk", "folder"}, "exclude is:hidden\n"));

  CHECK(sum({disk}).pending == 1);
}

TEST_CASE_FIXTURE(Fixture, "a gone asset counts while somebody holds it, and only then") {
  note({photo_of("lost", "1"), photo_of("kept", "2"), photo_of("half", "3")});
  keep("kept", disk, "2");
  keep("kept", drive, "2");
  keep("half", disk, "3");
  for (const char* id : {"lost", "kept", "half"}) note_gone(id);

  const auto both = sum({disk, drive});

  CHECK(both.seen == 2);
  CHECK(both.held == 1);
  CHECK(both.pending == 1);
  const auto drive_sum = must(catalog::sum_destination(*catalog, std::vector{source}, drive));
  CHECK(drive_sum.held == 1);
  CHECK(drive_sum.pending == 1);
}

TEST_CASE_FIXTURE(Fixture, "a damaged file is not held") {
  note({photo_of("a", "1")});
  keep("a", disk, "1");
  must(catalog->record_checks(disk,
                              std::vector<catalog::Catalog::Checked>{{"Photos/a", true, false}}));

  CHECK(sum({disk}).pending == 1);
  CHECK(must(catalog::sum_destination(*catalog, std::vector{source}, disk)).pending == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "the status counts each destination, and photos with fewer than two copies") {
  note({photo_of("a", "12345"), photo_of("b", "12345"), photo_of("c", "123")});
  keep("a", disk, "12345");
  keep("a", drive, "12345");
  keep("b", disk, "12345");
  must(catalog->record_checks(disk,
                              std::vector<catalog::Catalog::Checked>{{"Photos/a", false, true}}));
  must(catalog->note_destination_success(disk));
  must(catalog->note_verified(disk));
  must(catalog->note_source_success(source, 7));

  const auto status = must(catalog::status(*catalog));

  CHECK(status.assets == 3);
  CHECK(status.renditions == 3);
  CHECK(status.at_risk == 2);
  REQUIRE(status.sources.size() == 1);
  CHECK(status.sources[0].assets == 3);
  CHECK(status.sources[0].last_success.has_value());
  REQUIRE(status.destinations.size() == 2);
  const auto& first = status.destinations[0];
  CHECK(first.name == "disk");
  CHECK(first.held == 2);
  CHECK(first.verified == 1);
  CHECK(first.pending == 1);
  CHECK(first.bytes == ByteCount{5});
  CHECK(first.last_success.has_value());
  CHECK(first.last_verified.has_value());
  CHECK(status.destinations[1].held == 1);
  CHECK(status.destinations[1].pending == 2);
  CHECK_FALSE(status.destinations[1].last_success.has_value());
}

TEST_CASE_FIXTURE(Fixture, "an older version held does not count as the photo") {
  note({photo_of("a", "one")});
  keep("a", disk, "one");
  note({photo_of("a", "two")});

  CHECK(sum({disk}).pending == 1);
  const auto one = must(catalog::sum_destination(*catalog, std::vector{source}, disk));
  CHECK(one.held == 0);
  CHECK(one.pending == 1);
}

TEST_CASE_FIXTURE(Fixture, "each photo that is not safe is named with its cause") {
  note({photo_of("a", "1"), photo_of("b", "2")});
  record_unheld("a", disk, Shortfall::State::failed, Cause::denied);
  record_unheld("a", drive, Shortfall::State::excluded, Cause::not_found);
  record_unheld("b", drive, Shortfall::State::pending, Cause::absent);

  const auto rows =
      must(catalog::not_safe(*catalog, std::vector{source}, std::vector{disk, drive}));

  REQUIRE(rows.size() == 2);
  CHECK(rows[0].asset == "a");
  CHECK(rows[0].name == "a");
  CHECK(rows[0].destination == "disk");
  CHECK(rows[0].cause == Cause::denied);
  CHECK(rows[0].message == "because");
  CHECK(rows[1].asset == "b");
  CHECK(rows[1].destination == "drive");
}
