// SPDX-License-Identifier: GPL-3.0-or-later
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
  for (const records::FileRecord& record : records) paths.push_back(record.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE_TEMPLATE("what is kept is read back, with its size and its record",
                   Kept,
                   TreeKept,
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
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("a.jpg", "one"), "one");
  SUBCASE("of this session") {}
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
                   VaultKept) {
  Kept kept;
  kept.begin();
  kept.keep(upload_of("Z.JPG", "z"), "z");
  kept.close();
  kept.begin();

  CHECK(kept.session->names_in("Photos/2024/2024-05").value() == std::vector<std::string>{"z.jpg"});
  CHECK(kept.session->names_in("Photos/1999").value().empty());
}
