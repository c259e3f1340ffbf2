// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/photos_bundle.h"
#include "tests/trust/siege.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::string_literals;

namespace {

/// A Photos library as a source beside the folder, with one photo that tells no lies.
class LyingLibrary : public Siege {
 public:
  explicit LyingLibrary(const std::string& name) : Siege(name) {
    add_photo("honest.JPG");
    watch(bundle_.folder().path());
    journey().expect(0,
                     {"source", "add", "mac", "photos-library", bundle_.folder().path().string()});
  }

  [[nodiscard]] PhotosBundle& bundle() { return bundle_; }

  /// A photo whose file is where it should be, whatever else its row says.
  std::int64_t add_photo(const std::string& name) {
    const auto bytes = jpeg_of("photo " + std::to_string(++photos_));
    count(bytes);
    return bundle_.add(uuid(), name, "jpeg", bytes);
  }

  /// A photo whose file is not where its row says; its id.
  std::string add_missing(const std::function<void(std::int64_t row)>& lie) {
    ++photos_;
    count();
    lie(bundle_.add(uuid(), "missing.JPG", "jpeg", std::nullopt));
    return uuid();
  }

 private:
  [[nodiscard]] std::string uuid() const {
    return fmt::format("{:08X}-0000-4000-8000-000000000000", photos_);
  }

  int photos_ = 0;
  PhotosBundle bundle_{PhotosBundle::Shape::newer};
};

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

}  // namespace

TEST_CASE("a library that says its photos lie elsewhere gets nothing from there") {
  LyingLibrary library("a library's rows that lead out of it");
  const auto outside = library / "outside";
  const auto set = [&](const std::string& column, const std::string& value) {
    return
        [&library, column, value](std::int64_t row) { library.bundle().set(row, column, value); };
  };
  Siege::Expected expected{.exit_code = 3};
  for (const auto& lie : {set("ZFILENAME", "'../../../secret.jpg'"),
                          set("ZFILENAME", quoted(outside / "secret.jpg")),
                          set("ZFILENAME", "'..'"),
                          set("ZFILENAME", "''"),
                          set("ZFILENAME", "CAST(X'41002F42' AS TEXT)"),
                          set("ZFILENAME", "X'FF00FF'"),
                          set("ZFILENAME", "4711"),
                          set("ZDIRECTORY", "'../../outside'"),
                          set("ZDIRECTORY", quoted(outside)),
                          set("ZDIRECTORY", "''"),
                          set("ZDIRECTORY", "hex(zeroblob(1000000))")})
    expected.not_safe[library.add_missing(lie)] = "not_found";
  expected.not_safe[library.add_missing([&](std::int64_t row) {
    library.bundle().set(row, "ZFILENAME", "'linked.jpeg'");
    fs::create_directories(library.bundle().folder() / "originals/0");
    fs::create_symlink(outside / "secret.jpg",
                       library.bundle().folder() / "originals/0/linked.jpeg");
  })] = "not_found";
  expected.not_safe[library.add_missing([&](std::int64_t row) {
    library.bundle().set(row, "ZDIRECTORY", "'folder'");
    library.bundle().set(row, "ZFILENAME", "'secret.jpg'");
    fs::create_directory_symlink(outside, library.bundle().folder() / "originals/folder");
  })] = "not_found";
  expected.not_safe[library.add_missing([&](std::int64_t row) {
    library.bundle().set(row, "ZFILENAME", "'pipe.jpeg'");
    REQUIRE(mkfifo((library.bundle().folder() / "originals/0/pipe.jpeg").c_str(), 0600) == 0);
  })] = "not_found";

  library.withstand(expected);
}

TEST_CASE("a library's numbers, times, places and names may say what they want") {
  LyingLibrary library("a library's rows of wrong types, sizes and names");
  auto& bundle = library.bundle();
  for (const auto& [column, value] : {std::pair("ZKIND", "9223372036854775807"),
                                      {"ZKIND", "'photo'"},
                                      {"ZKINDSUBTYPE", "-9223372036854775808"},
                                      {"ZSAVEDASSETTYPE", "X'00'"},
                                      {"ZSAVEDASSETTYPE", "10"},
                                      {"ZDATECREATED", "1e300"},
                                      {"ZDATECREATED", "-9e999"},
                                      {"ZDATECREATED", "'yesterday'"},
                                      {"ZDATECREATED", "X'FFFFFFFF'"},
                                      {"ZADJUSTMENTTIMESTAMP", "9e999"},
                                      {"ZLATITUDE", "9e999"},
                                      {"ZLONGITUDE", "'east'"},
                                      {"ZFAVORITE", "hex(zeroblob(100000))"},
                                      {"ZAVALANCHEUUID", "'../../outside'"},
                                      {"ZUNIFORMTYPEIDENTIFIER", "'../../outside'"}})
    bundle.set(library.add_photo("row.JPG"), column, value);
  for (const auto& [column, value] : {std::pair("ZORIGINALFILENAME", "'../../../outside/evil.JPG'"),
                                      {"ZORIGINALFILENAME", "'/etc/evil.JPG'"},
                                      {"ZORIGINALFILENAME", "CAST(X'6576696C002E4A5047' AS TEXT)"},
                                      {"ZORIGINALFILENAME", "'new' || char(10) || 'line.JPG'"},
                                      {"ZORIGINALFILENAME", "'..'"},
                                      {"ZORIGINALFILENAME", "''"},
                                      {"ZORIGINALFILENAME", "X'FFFE'"},
                                      {"ZORIGINALFILENAME", "hex(zeroblob(1000000)) || '.JPG'"},
                                      {"ZTIMEZONENAME", "'../../../../etc/passwd'"},
                                      {"ZTIMEZONEOFFSET", "9223372036854775807"},
                                      {"ZTIMEZONEOFFSET", "'+02:00'"},
                                      {"ZTITLE", "hex(zeroblob(1000000))"}})
    bundle.set_attribute(library.add_photo("attribute.JPG"), column, value);
  const auto measured = library.add_photo("measured.JPG");
  bundle.resource(measured, 0, 0, 1, {1, 1}, "not a checksum");
  bundle.run("UPDATE ZINTERNALRESOURCE SET ZDATALENGTH = -9223372036854775808");

  library.withstand({});
}

TEST_CASE("albums, folders and people that lead in circles or out of the tree come to an end") {
  LyingLibrary library("albums and people in circles, or named after other places");
  auto& bundle = library.bundle();
  const auto in_album = [&](std::string_view title, std::int64_t parent) {
    const auto album = bundle.album(title, parent);
    bundle.put_in(album, library.add_photo("in album.JPG"));
    return album;
  };
  for (const char* title : {"../../outside", "/outside", "..", ".", "", "a/b", "CON", "new\nline"})
    in_album(title, PhotosBundle::root_folder);
  const auto first = bundle.album("first", 0, PhotosBundle::user_folder);
  const auto second = bundle.album("second", first, PhotosBundle::user_folder);
  bundle.run(
      fmt::format("UPDATE ZGENERICALBUM SET ZPARENTFOLDER = {} WHERE Z_PK = {}", second, first));
  in_album("in a circle", second);
  const auto itself = in_album("its own folder", first);
  bundle.run(fmt::format("UPDATE ZGENERICALBUM SET ZPARENTFOLDER = Z_PK WHERE Z_PK = {}", itself));
  auto folder = PhotosBundle::root_folder;
  for (int i = 0; i < 500; ++i) folder = bundle.album("deep", folder, PhotosBundle::user_folder);
  in_album("deep below", folder);
  in_album(std::string(100'000, 'x'), PhotosBundle::root_folder);
  bundle.put_in(4711, 4712);
  const auto jane = bundle.person("Jane", 0);
  const auto joe = bundle.person("", jane);
  bundle.run(fmt::format("UPDATE ZPERSON SET ZMERGETARGETPERSON = {} WHERE Z_PK = {}", joe, jane));
  bundle.face(library.add_photo("face.JPG"), joe);

  library.withstand({});
}

TEST_CASE("a library that lacks tables gives the photos that it has, and says what it lacks") {
  LyingLibrary library("a library without its tables of names, albums, people and files");
  for (const char* table : {"ZADDITIONALASSETATTRIBUTES",
                            "ZASSETDESCRIPTION",
                            "ZGENERICALBUM",
                            "ZPERSON",
                            "ZDETECTEDFACE",
                            "ZKEYWORD",
                            "ZINTERNALRESOURCE",
                            "Z_PRIMARYKEY",
                            "Z_METADATA"})
    library.bundle().run("DROP TABLE "s + table);

  library.withstand(
      {.exit_code = 3,
       .not_safe = {{"names and titles", "unsupported"},
                    {"albums", "unsupported"},
                    {"keywords", "unsupported"},
                    {"people", "unsupported"},
                    {"RAW halves, and which files are only in iCloud", "unsupported"}}});
}

TEST_CASE("what is no library's database is named, and costs the other source nothing") {
  struct Row {
    const char* name;
    const char* cause;
    std::function<void(PhotosBundle&)> spoil;
  };

  const auto replace = [](PhotosBundle& bundle) {
    const auto file = bundle.folder() / "database/Photos.sqlite";
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(file.string() + end);
    return file;
  };
  for (const Row& row :
       {Row{"a library whose photos are made up without end by a view",
            "corrupt",
            [](PhotosBundle& bundle) {
              bundle.run(
                  "DROP TABLE ZASSET; CREATE VIEW ZASSET AS WITH RECURSIVE n(i) AS (SELECT 1 UNION "
                  "ALL SELECT i + 1 FROM n) SELECT i AS Z_PK, i AS ZUUID, 'A' AS ZDIRECTORY, i AS "
                  "ZFILENAME FROM n");
            }},
        Row{"a library without a table of photos",
            "corrupt",
            [](PhotosBundle& bundle) { bundle.run("DROP TABLE ZASSET"); }},
        Row{"a library whose database is a pipe",
            "invalid",
            [&](PhotosBundle& bundle) { REQUIRE(mkfifo(replace(bundle).c_str(), 0600) == 0); }},
        Row{"a library whose database is a link to elsewhere",
            "invalid",
            [&](PhotosBundle& bundle) {
              const auto file = replace(bundle);
              fs::create_symlink("/etc/passwd", file);
            }},
        Row{"a library whose database is no database",
            "corrupt",
            [&](PhotosBundle& bundle) { write_file(replace(bundle), std::string(100'000, 'x')); }},
        Row{"a library whose database says it has a terabyte", "full", [&](PhotosBundle& bundle) {
              const auto file = replace(bundle);
              write_file(file, "SQLite format 3\0"s);
              fs::resize_file(file, std::uintmax_t{1} << 40U);
            }}}) {
    Siege siege(row.name);
    PhotosBundle bundle(PhotosBundle::Shape::newer);
    siege.watch(bundle.folder().path());
    siege.journey().expect(
        0, {"source", "add", "mac", "photos-library", bundle.folder().path().string()});
    row.spoil(bundle);
    siege.count();

    siege.withstand({.exit_code = 3, .not_safe = {{"mac", row.cause}}});
  }
}
