// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/connection.h"
#include "catalog/noting.h"
#include "catalog/report.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

/// A library of which all but one photo is kept in both destinations; that one is owed to both.
struct Library : Ledger {
  explicit Library(int photos) {
    std::vector<photo::Asset> assets;
    for (int i = 0; i < photos; ++i) assets.push_back(photo_of(id_of(i), bytes_of_photo(i)));
    assets.push_back(photo_of("new.jpg", "new"));
    note(assets);
    remember(photos);
    for (int i = 0; i < photos; ++i)
      for (const std::int64_t place : {disk, drive}) keep(id_of(i), place, bytes_of_photo(i));
  }

  /// What the source keeps in mind of each photo, in a table of its own.
  void remember(int photos) {
    const auto noting = must(catalog::Noting::begin(*catalog, source));
    for (int i = 0; i < photos; ++i) must(noting->remember("a" + id_of(i), "seen"));
    must(noting->remember("b" + id_of(0), "waits"));
    must(noting->commit());
  }

  static std::string id_of(int i) { return fmt::format("{:06}.jpg", i); }

  /// Every tenth is a duplicate.
  static std::string bytes_of_photo(int i) { return i % 10 == 0 ? "twin" : id_of(i); }

  [[nodiscard]] std::int64_t cost_of(const std::function<void(const Library&)>& question) const {
    const auto before = catalog->connection().instructions();
    question(*this);
    return catalog->connection().instructions() - before;
  }
};

}  // namespace

TEST_CASE("what a question about one photo costs does not grow with the library") {
  struct Row {
    std::string name;
    std::function<void(const Library&)> question;
  };

  const std::vector<Row> rows{
      {"which photo is called so", [](const Library& it) { must(it.catalog->assets_called("a")); }},
      {"the photos of one id",
       [](const Library& it) { CHECK(it.account(Library::id_of(7)).row > 0); }},
      {"where a content lies",
       [](const Library& it) {
         CHECK(must(it.catalog->copy_of(it.disk, content_of(Library::id_of(7)).sha256)));
       }},
      {"whether it has a copy elsewhere",
       [](const Library& it) {
         CHECK(must(it.catalog->has_copy_beside(it.disk, content_of(Library::id_of(7)).sha256)));
       }},
      {"the next page of photos",
       [](const Library& it) { CHECK(must(it.catalog->accounts_after(5, 4)).size() == 4); }},
      {"the next page of files",
       [](const Library& it) {
         CHECK(must(it.catalog->paths_after(it.disk, "Photos/000003", 4)).size() == 4);
       }},
      {"what is owed", [](const Library& it) { CHECK(it.owed(it.disk).size() == 1); }},
      {"what changed of it",
       [](const Library& it) {
         must(it.catalog->gather_changed(std::vector{it.source}, std::vector{it.disk}));
       }},
      {"what of it lies in the wrong place",
       [](const Library& it) {
         must(it.catalog->gather_misplaced(std::vector{it.source}, it.disk));
       }},
      {"the first row of what a source keeps in mind beside",
       [](const Library& it) {
         const auto noting = must(catalog::Noting::begin(*it.catalog, it.source));
         CHECK(must(noting->recall_after("", "b", 10)).size() == 1);
       }},
      {"a photo that is noted again",
       [](const Library& it) { it.note({photo_of("new.jpg", "newer")}); }},
      {"a photo that is kept", [](const Library& it) { it.keep("new.jpg", it.disk, "newer"); }}};
  const Library small(50);
  const Library large(500);

  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto few = small.cost_of(row.question);
    const auto many = large.cost_of(row.question);

    CHECK(few > 0);
    CHECK(many < 2 * few);
  }
}

TEST_CASE("what summing up a run costs grows no faster than the library") {
  struct Fixture : Library {
    /// All photos are owed to the drive once more, as after a change of its rules.
    explicit Fixture(int photos) : Library(photos) { must(catalog->owe_all(drive)); }
  };

  constexpr int times = 10;
  const Fixture small(50);
  const Fixture large(50 * times);
  const auto sums = [](const Library& it) {
    const std::vector sources{it.source};
    const std::vector destinations{it.disk, it.drive};
    must(catalog::status(*it.catalog));
    must(catalog::sum_assets(*it.catalog, sources, destinations));
    must(catalog::sum_destination(*it.catalog, sources, it.drive));
    must(it.catalog->gather_owed(sources, destinations));
  };

  CHECK(large.cost_of(sums) < 2 * times * small.cost_of(sums));
}
