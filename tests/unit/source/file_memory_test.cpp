// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/folder/file_memory.h"

#include "tests/unit/source/taken_down.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::source;

TEST_CASE("the files of one asset have one stem key") {
  struct Row {
    const char* name;
    const char* key;
    char marker;
  };

  for (const Row& row : {Row{"IMG_0042.HEIC", "img_0042", '\0'},
                         Row{"IMG_E0042.HEIC", "img_0042", 'E'},
                         Row{"img_e0042.mov", "img_0042", 'E'},
                         Row{"IMG_O0042.AAE", "img_0042", 'O'},
                         Row{"IMG_0042.HEIC.xmp", "img_0042", '\0'},
                         Row{"IMG_0042.xmp", "img_0042", '\0'},
                         Row{"IMG_E.HEIC", "img_e", '\0'},
                         Row{"E1.HEIC", "e1", '\0'},
                         Row{"_E1.HEIC", "_e1", '\0'},
                         Row{"1234.HEIC", "1234", '\0'},
                         Row{"Shot 12.30.45.png", "shot 12.30.45", '\0'},
                         Row{"Shot 12.30.45.xmp", "shot 12.30.45", '\0'},
                         Row{"", "", '\0'}}) {
    CAPTURE(row.name);
    CHECK(stem_key(row.name) == row.key);
    CHECK(stem_marker(row.name) == row.marker);
  }
}

TEST_CASE("a remembered file comes back as it was") {
  tests::RowsInMemory rows;
  FileMemory memory(rows);
  KnownFile file;
  file.path = RelativePath::known("a/IMG_\xFF.JPG");
  file.stamp = {12, -3, 99};
  file.facts.family = media::Family::still;
  file.facts.format = "jpeg";
  file.facts.by_content = true;
  file.facts.taken =
      photo::Taken{*parse_rfc3339("2024-05-01T12:00:00.25+02:00"), photo::TakenFrom::gps};
  file.facts.taken->time.zone = ZoneKnown::assumed;
  file.facts.place = photo::Place{48.1, -11.5};
  file.facts.camera = "Apple iPhone";
  file.facts.content_id = "A";
  file.facts.burst_id = "B";
  file.facts.labels = {"t", "c", {"k"}, {"p"}, 5};
  file.facts.duration = 2.5;
  file.facts.warnings = {"odd"};
  file.unavailable = Cause::invalid;
  file.asset = "a/IMG_\xFE.JPG";
  file.role = photo::Role::live_video;
  file.unread = true;

  REQUIRE(memory.remember(file));
  const auto back = memory.file(file.path).value();

  REQUIRE(back);
  CHECK(back->path == file.path);
  CHECK(back->stamp == file.stamp);
  CHECK(back->facts.taken == file.facts.taken);
  CHECK(back->facts.place == file.facts.place);
  CHECK(back->facts.camera == file.facts.camera);
  CHECK(back->facts.content_id == file.facts.content_id);
  CHECK(back->facts.burst_id == file.facts.burst_id);
  CHECK(back->facts.labels == file.facts.labels);
  CHECK(back->facts.duration == file.facts.duration);
  CHECK(back->facts.warnings == file.facts.warnings);
  CHECK(back->facts.family == file.facts.family);
  CHECK(back->facts.format == file.facts.format);
  CHECK(back->facts.by_content);
  CHECK(back->unavailable == file.unavailable);
  CHECK(back->asset == file.asset);
  CHECK(back->role == file.role);
  CHECK(back->unread);
  CHECK(memory.seen_after("", 10).value().at(0).stamp == Stamp{});
}

TEST_CASE("a file that is forgotten leaves nothing behind") {
  tests::RowsInMemory rows;
  FileMemory memory(rows);
  KnownFile file;
  file.path = RelativePath::known("a/IMG_1.JPG");
  file.facts.content_id = "A";
  REQUIRE(memory.remember(file));

  REQUIRE(memory.forget(file));

  CHECK(rows.rows.empty());
}

TEST_CASE("a damaged memory is corrupt, not empty") {
  tests::RowsInMemory rows;
  FileMemory memory(rows);
  KnownFile file;
  file.path = RelativePath::known("IMG_1.JPG");
  REQUIRE(memory.remember(file));
  for (auto& [key, value] : rows.rows)
    if (key.starts_with("s")) value = R"({"path":"eA=="})";

  const auto back = memory.file(file.path);

  REQUIRE_FALSE(back);
  CHECK(back.error().cause == Cause::corrupt);
}
