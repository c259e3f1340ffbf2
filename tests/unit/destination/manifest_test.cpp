// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/manifest.h"

#include "destination/lines.h"
#include "tests/support/kept_tree.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using destination::LineReader;
using destination::tree::Manifest;
using Lines = std::vector<std::string>;

namespace {

std::string line_of(const std::string& id, std::string_view text, std::string_view month = "") {
  auto record = record_of(id, 1, place_of(id));
  if (!month.empty()) record.month = month;
  record.version.content = content_of(text);
  return records::to_line(record);
}

struct Fixture {
  TempFolder disk;
  std::unique_ptr<os::Folder> folder = os::open_folder(disk.path()).value();
  Manifest manifest{*folder};

  Fixture() { std::filesystem::create_directory(disk / ".keepsake"); }

  void add(const Lines& lines) {
    std::vector<Manifest::Intent> intents;
    for (const std::string& line : lines) intents.push_back({line});
    REQUIRE(manifest.intend(intents));
    REQUIRE(manifest.confirm());
  }

  Lines all() {
    Lines lines;
    unreadable = manifest
                     .each_line([&](std::string_view line) -> Result<> {
                       TRY(records::parse_line(line));
                       lines.emplace_back(line);
                       return {};
                     })
                     .value();
    return lines;
  }

  Lines lines_in(const std::string& text) {
    disk.write("lines", text);
    LineReader reader(folder->open(RelativePath::known("lines"), os::Reading::cached).value());
    Lines lines;
    while (auto line = reader.next().value()) lines.push_back(*std::move(line));
    torn = reader.torn();
    return lines;
  }

  std::size_t unreadable = 0;
  bool torn = false;
};

const std::string header = R"({"format":"keepsake-tree","version":1})"
                           "\n";

}  // namespace

TEST_CASE_FIXTURE(Fixture, "lines come one by one, and a torn one is told") {
  struct Row {
    const char* name;
    std::string text;
    Lines lines;
    bool torn;
  };

  const std::string long_line(3 << 20, 'x');
  const std::string endless(9 << 20, 'x');
  for (const Row& row :
       {Row{"empty", "", {}, false},
        Row{"one", "a\n", {"a"}, false},
        Row{"torn", "a\nb", {"a"}, true},
        Row{"only torn", "a", {}, true},
        Row{"empty lines", "\n\n", {"", ""}, false},
        Row{"long", long_line + "\nb\n", {long_line, "b"}, false},
        Row{"longer than any of ours", "a\n" + endless + "\nb\n", {"a", "", "b"}, false},
        Row{"without end", "a\n" + endless, {"a"}, true}}) {
    CAPTURE(row.name);
    CHECK(lines_in(row.text) == row.lines);
    CHECK(torn == row.torn);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a merge keeps every file in the order of paths, the newest line of each") {
  add({line_of("b", "1"), line_of("d", "1")});
  REQUIRE(manifest.merge());
  add({line_of("c", "1"), line_of("a", "1"), line_of("d", "2"), line_of("e", "1", "undated")});
  REQUIRE(manifest.merge());

  CHECK(disk.read(".keepsake/manifest/2024-05.jsonl") ==
        header + line_of("a", "1") + "\n" + line_of("b", "1") + "\n" + line_of("c", "1") + "\n" +
            line_of("d", "2") + "\n");
  CHECK(disk.read(".keepsake/manifest/undated.jsonl") ==
        header + line_of("e", "1", "undated") + "\n");
  CHECK_FALSE(disk.has(".keepsake/journal"));
  const auto sum = [](std::string_view id, std::string_view text) {
    return content_of(text).sha256.hex() + "  " + place_of(std::string(id)) + "\n";
  };
  CHECK(disk.read(".keepsake/SHA256SUMS") ==
        sum("a", "1") + sum("b", "1") + sum("c", "1") + sum("d", "2") + sum("e", "1"));
}

TEST_CASE_FIXTURE(Fixture, "a torn or damaged line costs only itself") {
  add({line_of("a", "1"), line_of("b", "1")});
  REQUIRE(manifest.merge());
  auto text = disk.read(".keepsake/manifest/2024-05.jsonl");
  text.insert(header.size(), "rubbish\n");
  text.resize(text.size() - 5);
  disk.write(".keepsake/manifest/2024-05.jsonl", text);

  CHECK(all() == Lines{line_of("a", "1")});
  CHECK(unreadable == 2);

  add({line_of("c", "1")});
  REQUIRE(manifest.merge());
  CHECK(all() == Lines{line_of("a", "1"), line_of("c", "1")});
  CHECK(unreadable == 0);
}

TEST_CASE_FIXTURE(Fixture, "a damaged line in the journal costs only itself") {
  auto damaged = line_of("a", "1");
  damaged.replace(damaged.find("\"original\""), 10, "\"nonsense\"");
  add({damaged, line_of("b", "1")});

  CHECK(all() == Lines{line_of("b", "1")});
  CHECK(unreadable == 1);
  REQUIRE(manifest.merge());
  CHECK(all() == Lines{line_of("b", "1")});
}

TEST_CASE_FIXTURE(Fixture, "what is only intended is not told, and not lost by a merge") {
  add({line_of("a", "1")});
  REQUIRE(manifest.intend({{line_of("b", "1"), "Photos/x\"y"}}));

  CHECK(all() == Lines{line_of("a", "1")});
  REQUIRE(manifest.merge());

  const auto journal = manifest.read_journal().value();
  CHECK(journal.confirmed == Lines{line_of("a", "1")});
  REQUIRE(journal.intended.size() == 1);
  CHECK(journal.intended[0].line == line_of("b", "1"));
  CHECK(journal.intended[0].moved_from == "Photos/x\"y");
}

TEST_CASE_FIXTURE(Fixture, "sums are final only without a journal") {
  add({line_of("a", "1")});
  const auto take = [](std::string_view, std::string_view) -> Result<> { return {}; };
  CHECK_FALSE(manifest.each_sum(take).value());

  REQUIRE(manifest.merge());

  CHECK(manifest.each_sum(take).value());
}

TEST_CASE_FIXTURE(Fixture, "records begun anew hold only what is written after") {
  add({line_of("a", "1")});
  REQUIRE(manifest.merge());

  REQUIRE(manifest.begin_anew());
  add({line_of("b", "1")});
  REQUIRE(manifest.merge());

  CHECK(all() == Lines{line_of("b", "1")});
  CHECK(disk.read(".keepsake/SHA256SUMS").find(place_of("a")) == std::string::npos);
}

TEST_CASE("the path of a record's line is found without reading the rest") {
  using destination::tree::path_in_record;
  CHECK(path_in_record(R"({"path":"a \"b\"\\","x":1})") == R"(a "b"\)");
  CHECK(path_in_record(R"({"path":"a"})") == "a");
  CHECK(path_in_record(R"({"path":"a)") == std::nullopt);
  CHECK(path_in_record(R"({"path":"a\)") == std::nullopt);
  CHECK(path_in_record(R"({"path":7})") == std::nullopt);
  CHECK(path_in_record("") == std::nullopt);
}
