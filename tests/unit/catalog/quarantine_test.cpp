// SPDX-License-Identifier: GPL-3.0-or-later
// Files that lie in quarantine in a destination.
#include "photo/quarantine.h"

#include "base/text.h"
#include "tests/support/ledger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

struct Fixture : Ledger {
  void move(const std::string& path, std::int64_t destination) const {
    catalog::Progress progress;
    catalog::MovedFile file{destination, path, std::nullopt, std::nullopt};
    if (photo::is_in_quarantine(path)) file.quarantined_at = *parse_instant("2024-06-01T00:00:00Z");
    progress.moved.push_back(file);
    must(catalog->record(progress));
  }

  static std::string away(const std::string& id) { return photo::other_place(path_of(id)); }

  [[nodiscard]] std::vector<std::string> gathered() const {
    std::vector<std::string> ids;
    for (const auto& account : must(catalog->next_owed(100))) ids.push_back(account.asset.key.id);
    return ids;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a file in quarantine is held there, and its own place stays taken") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");

  move(away("a.jpg"), disk);

  const auto known = account("a.jpg");
  const auto version = version_row("a.jpg");
  CHECK(known.in(disk)->holds(version));
  CHECK(known.in(disk)->file_of(version)->path == away("a.jpg"));
  CHECK(known.in(disk)->file_of(version)->quarantined_at);
  CHECK(must(catalog->is_taken(disk, folded(path_of("a.jpg")))));
  CHECK(must(catalog->copy_of(disk, content_of("one").sha256))->path == away("a.jpg"));

  move(path_of("a.jpg"), disk);

  const auto back = account("a.jpg");
  REQUIRE(back.in(disk)->files.size() == 1);
  CHECK(back.in(disk)->files[0].path == path_of("a.jpg"));
  CHECK_FALSE(back.in(disk)->files[0].quarantined_at);
}

TEST_CASE_FIXTURE(Fixture, "a record of a file in quarantine takes its own place too") {
  note({photo_of("a.jpg", "one")});
  keep("a.jpg", disk, "one");
  catalog::Noting::Kept kept;
  kept.destination = disk;
  kept.path = away("a.jpg");
  kept.quarantined_at = *parse_instant("2024-06-01T00:00:00Z");
  kept.asset = photo_of("a.jpg", "one");
  kept.asset.renditions.clear();
  kept.naming = {"Photos", "a.jpg", "undated"};
  kept.key = kept.name = "a.jpg";
  kept.version = account("a.jpg").files[0].versions[0];
  {
    auto noting = must(catalog::Noting::begin(*catalog, source));
    must(noting->put_kept(kept));
    must(noting->commit());
  }

  const auto known = account("a.jpg");
  CHECK(known.in(disk)->file_of(version_row("a.jpg"))->path == away("a.jpg"));
  CHECK(must(catalog->is_taken(disk, folded(path_of("a.jpg")))));
}

TEST_CASE_FIXTURE(Fixture,
                  "only what is owed and lies in the wrong place is gathered to be moved") {
  note({photo_of("gone.jpg", "1"), photo_of("back.jpg", "2"), photo_of("there.jpg", "3")});
  for (const auto& [id, bytes] :
       {std::pair("gone.jpg", "1"), {"back.jpg", "2"}, {"there.jpg", "3"}})
    keep(id, disk, bytes);
  move(away("back.jpg"), disk);
  must(catalog->gather_misplaced(std::vector{source}, disk));
  CHECK(gathered().empty());

  note_gone("gone.jpg");
  note_gone("back.jpg");
  note({photo_of("back.jpg", "2")});
  must(catalog->gather_misplaced(std::vector{source}, disk));
  CHECK(gathered() == std::vector<std::string>{"back.jpg", "gone.jpg"});

  must(catalog->gather_quarantined(disk));
  CHECK(gathered() == std::vector<std::string>{"back.jpg"});
}

TEST_CASE_FIXTURE(Fixture,
                  "a copy counts beside one in quarantine unless it may be emptied with it") {
  note({photo_of("a.jpg", "one"), photo_of("b.jpg", "one")});
  keep("a.jpg", disk, "one");
  move(away("a.jpg"), disk);
  const auto content = content_of("one").sha256;
  CHECK_FALSE(must(catalog->has_copy_beside(disk, content)));

  keep("b.jpg", disk, "one");
  CHECK(must(catalog->has_copy_beside(disk, content)));
  move(away("b.jpg"), disk);
  CHECK_FALSE(must(catalog->has_copy_beside(disk, content)));
  keep("a.jpg", drive, "one");
  CHECK(must(catalog->has_copy_beside(disk, content)));
}

TEST_CASE_FIXTURE(Fixture, "what was deleted for good is held no more, and its name is free") {
  note({photo_of("a.jpg", "one")});
  for (const auto destination : {disk, drive}) keep("a.jpg", destination, "one");
  move(away("a.jpg"), disk);

  must(catalog->forget_files(disk, account("a.jpg").row));

  CHECK(account("a.jpg").in(disk) == nullptr);
  CHECK(account("a.jpg").in(drive)->holds(version_row("a.jpg")));
  CHECK_FALSE(must(catalog->is_taken(disk, folded(path_of("a.jpg")))));
}
