// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/folder_tree.h"

#include "tests/support/kept_tree.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

template <class T>
Cause cause_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().cause;
}

}  // namespace

TEST_CASE("a tree knows itself by its marker") {
  const KeptTree kept;
  const auto folder = os::open_folder(kept.disk.path()).value();

  const auto marker = destination::read_marker(*folder).value();

  REQUIRE(marker);
  CHECK(marker->id == KeptTree::marker().id);
  CHECK(marker->catalog == KeptTree::marker().catalog);
  CHECK(marker->zone == "Europe/Berlin");
  CHECK(kept.tree->check_presence());
}

TEST_CASE("a tree that is not there, not ours or not readable is told apart") {
  KeptTree kept;
  Cause expected = Cause::absent;

  SUBCASE("no marker") { std::filesystem::remove(kept.disk / ".keepsake/tree.json"); }
  SUBCASE("another tree's marker") {
    auto other = KeptTree::marker();
    other.id.bytes.fill(std::byte{9});
    REQUIRE(destination::write_marker(*os::open_folder(kept.disk.path()).value(), other));
    expected = Cause::conflict;
  }
  SUBCASE("another catalog's marker") {
    auto other = KeptTree::marker();
    other.catalog.bytes.fill(std::byte{9});
    REQUIRE(destination::write_marker(*os::open_folder(kept.disk.path()).value(), other));
    expected = Cause::conflict;
  }
  SUBCASE("rubbish") {
    kept.disk.write(".keepsake/tree.json", "{");
    expected = Cause::corrupt;
  }
  SUBCASE("an id that is no text") {
    kept.disk.write(".keepsake/tree.json", R"({"format":"keepsake-tree","id":7,"catalog":[]})");
    expected = Cause::corrupt;
  }
  SUBCASE("a list") {
    kept.disk.write(".keepsake/tree.json", "[1]");
    expected = Cause::corrupt;
  }

  CHECK(cause_of(kept.tree->check_presence()) == expected);
  CHECK(cause_of(kept.tree->open_session()) == expected);
}

TEST_CASE("a kept file is opened by its path; one that is not there is told so") {
  KeptTree kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "bytes"), "bytes");
  kept.close();

  CHECK(kept.tree->size_of(place_of("a.jpg")).value() == ByteCount{5});
  CHECK(kept.tree->size_of(place_of("b.jpg")).value() == std::nullopt);
  CHECK(kept.tree->size_of("Photos").value() == std::nullopt);
  CHECK(kept.tree->open(place_of("a.jpg"), true).value()->size() == ByteCount{5});
  CHECK(cause_of(kept.tree->open(place_of("b.jpg"), false)) == Cause::not_found);
  CHECK(cause_of(kept.tree->open("../secret", false)) == Cause::invalid);
}

TEST_CASE("a tree whose last run ended has nothing unfinished") {
  KeptTree kept;
  CHECK_FALSE(kept.tree->has_unfinished_run().value());

  kept.begin();
  kept.keep(upload_of("a.jpg", "bytes"), "bytes");
  CHECK(kept.tree->has_unfinished_run().value());

  kept.close();
  CHECK_FALSE(kept.tree->has_unfinished_run().value());
}
