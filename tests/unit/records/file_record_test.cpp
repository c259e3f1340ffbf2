// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/file_record.h"

#include "base/text.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

using namespace keepsake;
using namespace keepsake::records;

namespace {

Digest digest(unsigned char byte) {
  Digest digest;
  digest.bytes.fill(std::byte{byte});
  return digest;
}

FileRecord whole_record() {
  FileRecord record;
  record.path = "Photos/2024/2024-05/IMG_1.HEIC";
  record.month = "2024-05";
  record.file_time = *parse_instant("2024-05-01T10:00:00Z");
  record.source_name = "phone";
  record.asset.key = {Id128{}, "own", "DCIM/IMG_1.HEIC"};
  record.asset.name = "IMG_1.HEIC";
  record.asset.kind = photo::Kind::live;
  record.asset.taken =
      photo::Taken{*parse_rfc3339("2024-05-01T12:00:00+02:00"), photo::TakenFrom::gps};
  record.asset.taken->time.zone = ZoneKnown::assumed;
  record.asset.place = photo::Place{48.123456, -11.5};
  record.asset.camera = "Apple iPhone 15 Pro";
  record.asset.burst = "B";
  record.asset.labels = {"title", "caption \"quoted\"\n", {"boat", "lake"}, {"Ann"}, -1};
  record.asset.favorite = record.asset.hidden = record.asset.trashed = true;
  record.asset.shelf = photo::Shelf::hidden;
  record.asset.albums = {{{"Trips", "Lake"}}, {{"Best"}}};
  record.asset.aliases = {"old/IMG_1.HEIC"};
  record.asset.warnings = {"the picture ends early"};
  record.asset.record = R"({"fields":{"size":[1,-2.5,null,"Z\u0001rich ü \"\\/"]},"z":{}})";
  record.gone_at = *parse_instant("2024-06-01T00:00:00.5Z");
  record.moved_from = photo::AssetKey{Id128{}, "own", "old/IMG_\xFF.HEIC"};
  record.folder = "Photos/2024/2024-05";
  record.stem = "IMG_1";
  record.role = photo::Role::live_video;
  record.key = "DCIM/IMG_1.MOV";
  record.name = "IMG_1.MOV";
  record.present = false;
  record.version.seq = 3;
  record.version.source_version = "12-34-56";
  record.version.apple_checksum = AppleChecksum{};
  record.version.claimed_checksum = AppleChecksum{{std::byte{1}}};
  record.version.size = ByteCount{77};
  record.version.modified = *parse_instant("2024-05-01T10:00:01.25Z");
  record.version.content = photo::Content{digest(0xAB), ByteCount{77}};
  record.version.first_seen = *parse_instant("2024-05-02T00:00:00Z");
  record.version.superseded_at = *parse_instant("2024-05-03T00:00:00Z");
  return record;
}

void check_equal(const FileRecord& back, const FileRecord& record) {
  CHECK(back.path == record.path);
  CHECK(back.month == record.month);
  CHECK(back.file_time == record.file_time);
  CHECK(back.source_name == record.source_name);
  CHECK(back.asset == record.asset);
  CHECK(back.gone_at == record.gone_at);
  CHECK(back.folder == record.folder);
  CHECK(back.stem == record.stem);
  CHECK(back.role == record.role);
  CHECK(back.key == record.key);
  CHECK(back.name == record.name);
  CHECK(back.present == record.present);
  CHECK(back.version.seq == record.version.seq);
  CHECK(back.version.source_version == record.version.source_version);
  CHECK(back.version.apple_checksum == record.version.apple_checksum);
  CHECK(back.version.claimed_checksum == record.version.claimed_checksum);
  CHECK(back.version.size == record.version.size);
  CHECK(back.version.modified == record.version.modified);
  CHECK(back.version.content == record.version.content);
  CHECK(back.version.first_seen == record.version.first_seen);
  CHECK(back.version.superseded_at == record.version.superseded_at);
}

/// The record's line with one text replaced by another.
std::string line_with(std::string_view text, std::string_view other) {
  auto line = to_line(whole_record());
  const auto at = line.find(text);
  REQUIRE(at != std::string::npos);
  return line.replace(at, text.size(), other);
}

}  // namespace

TEST_CASE("a record comes back as it was written") {
  const auto record = whole_record();

  const auto back = parse_line(to_line(record));

  REQUIRE(back);
  check_equal(*back, record);
  CHECK(to_line(*back) == to_line(record));
}

TEST_CASE("a record without anything that may be missing comes back as it was written") {
  FileRecord record;
  record.path = "Photos/Undated/a";
  record.month = "undated";
  record.folder = "Photos/Undated";
  record.stem = "a";
  record.version.content = photo::Content{digest(1), ByteCount{0}};

  const auto back = parse_line(to_line(record));

  REQUIRE(back);
  check_equal(*back, record);
}

TEST_CASE("names that are no UTF-8 come back byte by byte") {
  CHECK(rc::check([](const std::string& bytes) {
    auto record = whole_record();
    record.asset.key.id = record.asset.name = record.key = record.name = bytes;
    record.asset.key.library = bytes;
    record.asset.aliases = {bytes};

    const auto line = to_line(record);
    const auto back = parse_line(line);

    RC_ASSERT(is_utf8(line));
    RC_ASSERT(line.find('\n') == std::string::npos);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->asset == record.asset);
    RC_ASSERT(back->key == bytes);
    RC_ASSERT(back->name == bytes);
  }));
}

TEST_CASE("a line begins with the path") {
  CHECK(to_line(whole_record()).starts_with(R"({"path":"Photos/2024/2024-05/IMG_1.HEIC",)"));
}

TEST_CASE("a line that is no record of ours is corrupt") {
  struct Row {
    const char* name;
    std::string line;
  };

  for (const Row& row : {
           Row{"empty", ""},
           Row{"not JSON", "{\"path\""},
           Row{"a list", "[]"},
           Row{"nothing in it", "{}"},
           Row{"torn", to_line(whole_record()).substr(0, 300)},
           Row{"a role nobody knows", line_with("\"live-video\"", "\"hologram\"")},
           Row{"a digest too short", line_with("abab", "")},
           Row{"a negative size", line_with("\"size\":77", "\"size\":\"77\"")},
           Row{"a date that does not exist", line_with("2024-05-02T00", "2024-05-32T00")},
           Row{"a path that leaves the tree",
               line_with("\"path\":\"Photos", "\"path\":\"../Photos")},
           Row{"an absolute path", line_with("\"path\":\"Photos", "\"path\":\"/Photos")},
           Row{"a month that is a path",
               line_with("\"month\":\"2024-05\"", "\"month\":\"../../evil\"")},
           Row{"a folder that leaves the tree",
               line_with("\"folder\":\"Photos", "\"folder\":\"../Photos")},
           Row{"no stem", line_with("\"stem\":\"IMG_1\"", "\"stem\":\"\"")},
           Row{"nested without end", std::string(100000, '[')},
       }) {
    CAPTURE(row.name);
    const auto record = parse_line(row.line);
    REQUIRE_FALSE(record);
    CHECK(record.error().cause == Cause::corrupt);
  }
}

TEST_CASE("damage to a line costs that line, never the program") {
  const auto line = to_line(whole_record());
  CHECK(rc::check([&] {
    auto damaged = line;
    const auto count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i)
      damaged[*rc::gen::inRange<std::size_t>(0, line.size())] = *rc::gen::arbitrary<char>();

    const auto record = parse_line(damaged);

    if (!record) RC_ASSERT(record.error().cause == Cause::corrupt);
  }));
}

TEST_CASE("an account's records tell of every version that lies there, in the order of paths") {
  photo::Account account;
  account.asset = whole_record().asset;
  photo::History file;
  file.row = 1;
  for (const int seq : {1, 2, 3}) {
    photo::Version version;
    version.row = std::int64_t{10} * seq;
    version.seq = seq;
    if (seq < 3) version.content = photo::Content{digest(1), ByteCount{5}};
    file.versions.push_back(version);
  }
  account.files.push_back(file);
  photo::Standing standing;
  standing.naming = photo::Naming{"Photos/2024", "IMG_1", "2024-05"};
  const auto kept = [&](std::string path, std::optional<std::int64_t> version) {
    photo::KeptFile it;
    it.rendition = 1;
    it.version = version;
    it.path = std::move(path);
    standing.files.push_back(it);
  };
  kept("Photos/b", 20);
  kept(".keepsake/versions/a", 10);
  kept("Photos/reserved", std::nullopt);
  kept("Photos/unread", 30);

  std::vector<FileRecord> records;
  add_records(account, standing, records);

  REQUIRE(records.size() == 2);
  CHECK(records[0].path == ".keepsake/versions/a");
  CHECK(records[0].version.seq == 1);
  CHECK(records[1].path == "Photos/b");
  CHECK(records[1].version.seq == 2);
  CHECK(records[1].folder == "Photos/2024");
}
