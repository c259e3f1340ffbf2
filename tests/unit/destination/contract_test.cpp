// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/quarantine.h"
#include "tests/support/kept_tree.h"
#include "tests/support/kept_vault.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

// What every destination promises, whatever it is.

using namespace keepsake;
using namespace keepsake::tests;
using destination::Stored;

namespace {

struct TreeKept : KeptTree {
  [[nodiscard]] destination::Destination& place() const { return *tree; }

  void open_anew() { open_tree(); }

  [[nodiscard]] std::vector<Stored> committed() const { return commit().value(); }
};

struct FarTreeKept : TreeKept {
  FarTreeKept() { go_far(std::make_shared<Fortune>()); }
};

struct VaultKept : KeptVault {
  void open_anew() { open_vault(); }

  [[nodiscard]] std::vector<Stored> committed() const { return commit().value().stored; }
};

/// A file's bytes; nothing when it is not there.
std::optional<std::string> text_at(destination::Destination& place, const std::string& path) {
  auto file = place.open(path, true);
  if (!file) {
    CHECK(file.error().cause == Cause::not_found);
    return std::nullopt;
  }
  std::string text((*file)->size().value, '\0');
  CHECK((*file)->read_at(0, std::as_writable_bytes(std::span<char>(text))).value() == text.size());
  return text;
}

std::vector<std::string> paths_of(const std::vector<records::FileRecord>& records) {
  std::vector<std::string> paths;
  paths.reserve(records.size());
  for (const records::FileRecord& record : records) paths.push_back(record.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE_TEMPLATE("what is kept is read back, with its size and its record",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  CHECK(kept.session->recovered().empty());
  kept.keep(upload_of("a.jpg", "bytes of a"), "bytes of a");
  kept.close();
  kept.open_anew();

  CHECK(kept.place().check_presence());
  CHECK_FALSE(kept.place().has_unfinished_run().value());
  CHECK(text_at(kept.place(), place_of("a.jpg")) == "bytes of a");
  CHECK(kept.place().size_of(place_of("a.jpg")).value() == ByteCount{10});
  auto expected = upload_of("a.jpg", "bytes of a").record;
  expected.version.content = content_of("bytes of a");
  REQUIRE(kept.records().size() == 1);
  CHECK(records::to_line(kept.records()[0]) == records::to_line(expected));
}

TEST_CASE_TEMPLATE("what was not finished, or not committed, is not there",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  {
    const auto half = kept.session->begin(upload_of("half.jpg", "bytes")).value();
    REQUIRE(half->write(bytes_of("by")));
  }
  REQUIRE(kept.send(upload_of("a.jpg", "a"), "a"));
  CHECK_FALSE(text_at(kept.place(), place_of("a.jpg")));

  CHECK(kept.committed().size() == 1);
  kept.close();

  CHECK(text_at(kept.place(), place_of("a.jpg")) == "a");
  CHECK_FALSE(text_at(kept.place(), place_of("half.jpg")));
  CHECK_FALSE(kept.place().size_of(place_of("half.jpg")).value());
}

TEST_CASE_TEMPLATE("a commit tells of each upload once, with its version and content",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  REQUIRE(kept.send(upload_of("a.jpg", "a", 1), "a"));
  REQUIRE(kept.send(upload_of("b.jpg", "b", 2), "b"));

  const auto stored = kept.committed();

  REQUIRE(stored.size() == 2);
  CHECK(stored[0].version == 1);
  CHECK(stored[0].path == place_of("a.jpg"));
  CHECK(stored[1].content == content_of("b"));
  CHECK(kept.committed().empty());
}

TEST_CASE_TEMPLATE("a replaced version goes on at its own place, with its record",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "one"), "one");
  SUBCASE("of the same run") {}
  SUBCASE("of an earlier one") {
    kept.close();
    kept.open_anew();
    kept.begin();
  }
  kept.keep(replacement_of("a.jpg", "two", "one"), "two");
  kept.close();

  CHECK(text_at(kept.place(), place_of("a.jpg")) == "two");
  CHECK(text_at(kept.place(), ".keepsake/versions/a.jpg.1") == "one");
  CHECK(paths_of(kept.records()) ==
        std::vector<std::string>{".keepsake/versions/a.jpg.1", place_of("a.jpg")});
}

TEST_CASE_TEMPLATE("a content that is there already is kept again without its bytes",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "same"), "same");

  REQUIRE(kept.session->duplicate(
      upload_of("b.jpg", "same"), {place_of("a.jpg"), when()}, content_of("same")));
  CHECK(kept.committed().size() == 1);
  kept.close();

  CHECK(text_at(kept.place(), place_of("b.jpg")) == "same");
  CHECK(kept.records().size() == 2);
}

TEST_CASE_TEMPLATE("what is said of a kept file can be changed", Kept, TreeKept, VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "a"), "a");
  auto record = upload_of("a.jpg", "a").record;
  record.version.content = content_of("a");
  record.asset.labels.caption = "a lake";

  REQUIRE(kept.session->describe(std::vector{record}));
  kept.close();

  REQUIRE(kept.records().size() == 1);
  CHECK(kept.records()[0].asset.labels.caption == "a lake");
}

TEST_CASE_TEMPLATE("a killed session's stored files are told to the next one",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "a"), "a");
  kept.open_anew();
  CHECK(kept.place().has_unfinished_run().value());

  kept.begin();

  CHECK(paths_of(kept.session->recovered()) == std::vector<std::string>{place_of("a.jpg")});
  kept.close();
  CHECK_FALSE(kept.place().has_unfinished_run().value());
  CHECK(text_at(kept.place(), place_of("a.jpg")) == "a");
}

TEST_CASE_TEMPLATE("names are told folded, and a folder that is not there has none",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("Z.JPG", "z"), "z");
  kept.close();
  kept.begin();

  CHECK(kept.session->names_in("Photos/2024/2024-05").value() == std::vector<std::string>{"z.jpg"});
  CHECK(kept.session->names_in("Photos/1999").value().empty());
}

namespace {

const std::string away = ".keepsake/quarantine/";

/// The record of an upload after it went to the other of its two places.
template <class Kept>
records::FileRecord moved(const Kept& kept) {
  auto record = kept.records().at(0);
  record.path = photo::other_place(record.path);
  record.quarantined_at.reset();
  if (photo::is_in_quarantine(record.path))
    record.quarantined_at = *parse_instant("2024-06-01T00:00:00Z");
  return record;
}

}  // namespace

TEST_CASE_TEMPLATE("a file goes into quarantine and back, with its record and its bytes",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "bytes of a"), "bytes of a");
  kept.close();
  kept.open_anew();
  const auto before = kept.records();
  const auto put_away = moved(kept);

  kept.begin();
  CHECK_FALSE(kept.session->move(std::vector{put_away}).value().at(0));
  kept.close();
  kept.open_anew();

  CHECK_FALSE(text_at(kept.place(), place_of("a.jpg")));
  CHECK(text_at(kept.place(), away + place_of("a.jpg")) == "bytes of a");
  REQUIRE(kept.records().size() == 1);
  CHECK(records::to_line(kept.records()[0]) == records::to_line(put_away));

  const auto back = moved(kept);
  kept.begin();
  CHECK_FALSE(kept.session->move(std::vector{back}).value().at(0));
  CHECK_FALSE(kept.session->move(std::vector{back}).value().at(0));
  kept.close();
  kept.open_anew();

  CHECK(text_at(kept.place(), place_of("a.jpg")) == "bytes of a");
  CHECK_FALSE(text_at(kept.place(), away + place_of("a.jpg")));
  REQUIRE(kept.records().size() == 1);
  CHECK(records::to_line(kept.records()[0]) == records::to_line(before[0]));
}

TEST_CASE_TEMPLATE("what is not there to be moved is named, and the others are moved",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "a"), "a");
  kept.close();
  kept.open_anew();
  const auto there = moved(kept);
  auto missing = there;
  missing.path = away + place_of("b.jpg");

  kept.begin();
  const auto outcomes = kept.session->move(std::vector{missing, there}).value();
  kept.close();
  kept.open_anew();

  REQUIRE(outcomes[0]);
  CHECK(outcomes[0]->cause == Cause::not_found);
  CHECK_FALSE(outcomes[1]);
  CHECK(paths_of(kept.records()) == std::vector{away + place_of("a.jpg")});
}

TEST_CASE_TEMPLATE("what is removed is gone with its record, and what is not there is no error",
                   Kept,
                   TreeKept,
                   FarTreeKept,
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "a"), "a");
  kept.keep(upload_of("b.jpg", "b"), "b");
  kept.close();
  kept.open_anew();
  const auto record = kept.records().at(0);

  kept.begin();
  CHECK(kept.session->remove(std::vector{record}));
  CHECK(kept.session->remove(std::vector{record}));
  kept.close();
  kept.open_anew();

  CHECK_FALSE(text_at(kept.place(), place_of("a.jpg")));
  CHECK(text_at(kept.place(), place_of("b.jpg")) == "b");
  CHECK(paths_of(kept.records()) == std::vector{place_of("b.jpg")});
  kept.begin();
  CHECK(kept.session->recovered().empty());
  kept.close();
}
