// SPDX-License-Identifier: GPL-3.0-or-later
// The files that lie in a destination, and what a verification notes of them.
#include "catalog/catalog.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Checked = catalog::Catalog::Checked;

namespace {

struct Fixture : Ledger {
  Fixture() {
    for (const char* id : {"a", "b", "c", "d"}) {
      note({photo_of(id, id)});
      keep(id, disk, id);
    }
  }

  void check(const std::string& path, bool damaged, bool read_back) const {
    must(catalog->record_checks(disk, std::vector<Checked>{{path, damaged, read_back}}));
  }

  std::vector<std::string> least_verified(double share) const {
    std::vector<std::string> paths;
    must(catalog->choose_least_verified(disk, share));
    for (const auto& kept : must(catalog->paths_after(disk, "", 10)))
      if (must(catalog->is_chosen(kept.path))) paths.push_back(kept.path);
    return paths;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "kept files come in the order of paths, in pages") {
  note({photo_of("reserved", "x")});
  name("reserved", disk);

  const auto first = must(catalog->paths_after(disk, "", 3));
  const auto second = must(catalog->paths_after(disk, first.back().path, 3));

  REQUIRE(first.size() == 3);
  REQUIRE(second.size() == 1);
  CHECK(first[0].path == "Photos/a");
  CHECK(first[0].asset_name == "a");
  CHECK(first[0].content == content_of("a"));
  CHECK(second[0].path == "Photos/d");
}

TEST_CASE_FIXTURE(Fixture, "a sample takes what was not verified for longest") {
  for (const char* path : {"Photos/b", "Photos/a", "Photos/d"}) check(path, false, true);

  CHECK(least_verified(0.25) == std::vector<std::string>{"Photos/c"});
  CHECK(least_verified(0.5) == std::vector<std::string>{"Photos/b", "Photos/c"});
  CHECK(least_verified(1).size() == 4);
  CHECK(least_verified(0.01).size() == 1);
  CHECK(least_verified(0).empty());
}

TEST_CASE_FIXTURE(Fixture, "a file found damaged is owed again; one read back is verified") {
  check("Photos/a", true, false);
  check("Photos/b", false, true);

  CHECK(owed(disk) == std::vector<std::string>{"a"});
  CHECK_FALSE(account("a").in(disk)->holds(version_row("a")));
  CHECK(account("b").in(disk)->files.at(0).verified_at.has_value());
  CHECK_FALSE(account("a").in(disk)->files.at(0).verified_at.has_value());

  check("Photos/a", false, true);
  CHECK(account("a").in(disk)->holds(version_row("a")));
}

TEST_CASE_FIXTURE(Fixture, "a file stored again is not verified any more") {
  check("Photos/a", false, true);
  check("Photos/a", true, false);

  keep("a", disk, "a");

  CHECK(account("a").in(disk)->holds(version_row("a")));
  CHECK_FALSE(account("a").in(disk)->files.at(0).verified_at.has_value());
}
