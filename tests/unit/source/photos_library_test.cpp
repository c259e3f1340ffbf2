// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/photos_library.h"

#include "tests/support/photos_bundle.h"
#include "tests/unit/source/scanned.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using photo::Kind;
using photo::Role;
using photo::Shelf;
using Shape = PhotosBundle::Shape;
using Words = std::vector<std::string>;

namespace {

const std::string first = "AAAAAAAA-0000-4000-8000-000000000001";
const std::string second = "BBBBBBBB-0000-4000-8000-000000000002";
const std::string third = "CCCCCCCC-0000-4000-8000-000000000003";

/// A library, its source, and what that reported so far.
struct Listed {
  explicit Listed(Shape shape, std::uint32_t model = 0) : bundle(shape, model) {}

  PhotosBundle bundle;
  TempFolder home;
  FixedClock clock;
  std::unique_ptr<source::Source> source = source::make_photos_library_source(
      os::open_folder(bundle.folder().path()).value(), Id128{}, home / "library", clock);
  TakenDown down;

  Result<> try_list() {
    down.begin_anew();
    return source->note_changes(down, {});
  }

  void list() {
    const auto listed = try_list();
    REQUIRE_MESSAGE(listed, listed.error().message());
  }

  [[nodiscard]] const photo::Asset& asset(const std::string& id) const {
    REQUIRE(down.assets.contains(id));
    return down.assets.at(id);
  }

  [[nodiscard]] const photo::Rendition& file(const std::string& id, Role role) const {
    for (const photo::Rendition& rendition : asset(id).renditions)
      if (rendition.role == role) return rendition;
    FAIL("no such file");
    return asset(id).renditions.front();
  }

  [[nodiscard]] Words places(const std::string& id) const {
    Words places;
    for (const photo::Rendition& rendition : asset(id).renditions)
      places.push_back(std::string(photo::name(rendition.role)) + " " + rendition.key);
    return places;
  }

  [[nodiscard]] std::string taken(const std::string& id) const {
    const auto& taken = asset(id).taken;
    return taken ? to_rfc3339(taken->time) + " " + std::string(photo::name(taken->from)) : "none";
  }

  Result<std::string> read(const photo::Rendition& rendition,
                           std::optional<AppleChecksum>* sum = nullptr) const {
    auto stream = TRY(source->open({}, rendition, {}));
    std::string text;
    std::array<std::byte, 7> buffer{};
    for (;;) {
      const auto count = TRY(stream->read(buffer));
      if (count == 0) break;
      text += text_of(ByteView(buffer).first(count));
    }
    TRY(stream->confirm());
    if (sum != nullptr) *sum = stream->apple_checksum();
    return text;
  }
};

struct Old : Listed {
  Old() : Listed(Shape::photos_5) {}
};

struct Newer : Listed {
  Newer() : Listed(Shape::newer) {}
};

}  // namespace

TEST_CASE("what a library knows of a photo arrives, in the old shape and in the new one") {
  for (const Shape shape : {Shape::photos_5, Shape::newer}) {
    CAPTURE(static_cast<int>(shape));
    Listed it(shape);
    const auto row = it.bundle.add(first, "Lake View.JPG", "jpeg", still());
    it.bundle.set(row, "ZFAVORITE", "1");
    it.bundle.set(row, "ZHIDDEN", "1");
    it.bundle.set(row, "ZLATITUDE", "51.5");
    it.bundle.set(row, "ZLONGITUDE", "-0.13");
    it.bundle.set(row, "ZAVALANCHEUUID", "'BURST'");
    it.bundle.set_attribute(row, "ZTITLE", "'At the lake'");
    it.bundle.set_caption(row, "Two of us");
    for (const char* word : {"swim", "lake", "swim"}) it.bundle.keyword(row, word);
    const auto anna = it.bundle.person("Anna");
    it.bundle.face(row, anna);
    it.bundle.face(row, it.bundle.person("Anna"));
    it.bundle.face(row, it.bundle.person("Zoe"), 1);
    it.bundle.face(row, it.bundle.person(""));
    it.bundle.face(row, it.bundle.person("", it.bundle.person("Merged")));
    it.bundle.run("INSERT INTO ZEXTENDEDATTRIBUTES(ZASSET, ZCAMERAMAKE, ZCAMERAMODEL) VALUES(" +
                  std::to_string(row) + ", 'Apple', 'iPhone 15')");

    it.list();

    const auto& asset = it.asset(first);
    CHECK(asset.key.library == "own");
    CHECK(asset.name == "Lake View.JPG");
    CHECK(asset.kind == Kind::photo);
    CHECK(it.taken(first) == "2019-06-01T12:00:00+02:00 library");
    CHECK(asset.place == photo::Place{51.5, -0.13});
    CHECK(asset.favorite);
    CHECK(asset.hidden);
    CHECK_FALSE(asset.trashed);
    CHECK(asset.shelf == Shelf::hidden);
    CHECK(asset.burst == "BURST");
    CHECK(asset.camera == "Apple iPhone 15");
    CHECK(asset.labels.title == "At the lake");
    CHECK(asset.labels.caption == "Two of us");
    CHECK(asset.labels.keywords == Words{"lake", "swim"});
    CHECK(asset.labels.people == Words{"Anna", "Merged", "Zoe"});
    CHECK(it.places(first) == Words{"original originals/A/" + first + ".jpeg"});
    const auto& original = it.file(first, Role::original);
    CHECK(original.name == "Lake View.JPG");
    CHECK(original.size == ByteCount{still().size()});
    CHECK(original.apple_checksum == crypto::apple_checksum(bytes_of(still())));
    CHECK_FALSE(original.unavailable);
    CHECK(it.down.warnings.empty());
    CHECK(it.down.unreadable_paths.empty());
  }
}

TEST_CASE_FIXTURE(Newer, "albums keep their folders, and one of two with the same name each") {
  const auto row = bundle.add(first, "a.jpg", "jpeg", still());
  const auto trips = bundle.album("Trips", PhotosBundle::root_folder, PhotosBundle::user_folder);
  const auto year = bundle.album("2019/20", trips, PhotosBundle::user_folder);
  bundle.put_in(bundle.album("Lake", year), row);
  bundle.put_in(bundle.album("Best"), row);
  bundle.put_in(bundle.album("Best"), row);
  const auto trashed = bundle.album("Old");
  bundle.put_in(trashed, row);
  const auto bin = bundle.album("Bin", PhotosBundle::root_folder, PhotosBundle::user_folder);
  bundle.put_in(bundle.album("In the bin", bin), row);
  bundle.run("UPDATE ZGENERICALBUM SET ZTRASHEDSTATE = 1 WHERE Z_PK IN (" +
             std::to_string(trashed) + ", " + std::to_string(bin) + ")");
  for (const int other_kind : {1506, 1507, 1508, 3571, 4001})
    bundle.put_in(bundle.album("internal", PhotosBundle::root_folder, other_kind), row);

  list();

  CHECK(asset(first).albums ==
        std::vector<photo::AlbumPath>{{{"Best"}}, {{"Best"}}, {{"Trips", "2019/20", "Lake"}}});
}

TEST_CASE_FIXTURE(Newer, "folders that lie in each other do not hang the listing") {
  const auto row = bundle.add(first, "a.jpg", "jpeg", still());
  const auto one = bundle.album("One", PhotosBundle::root_folder, PhotosBundle::user_folder);
  const auto two = bundle.album("Two", one, PhotosBundle::user_folder);
  bundle.run("UPDATE ZGENERICALBUM SET ZPARENTFOLDER = " + std::to_string(two) +
             " WHERE Z_PK = " + std::to_string(one));
  bundle.put_in(bundle.album("Lake", two), row);

  list();

  CHECK(asset(first).albums == std::vector<photo::AlbumPath>{{{"Lake"}}});
}

TEST_CASE("a Live Photo that was edited has its films, renders and recipes together") {
  for (const Shape shape : {Shape::photos_5, Shape::newer}) {
    Listed it(shape);
    const auto row = it.bundle.add(first, "IMG_1.HEIC", "heic", still());
    it.bundle.set(row, "ZKINDSUBTYPE", "2");
    it.bundle.set(row, "ZUNIFORMTYPEIDENTIFIER", "'public.heic'");
    it.bundle.set_edited(row, 1);
    it.bundle.file("originals/A/" + first + "_3.mov", film());
    it.bundle.file("originals/A/" + first + "_5.aae", "<plist/>");
    it.bundle.file("originals/A/" + first + "_5.xmp", "<x:xmpmeta/>");
    it.bundle.file("resources/renders/A/" + first + "_1_201_a.heic", still("", "edit"));
    it.bundle.file("resources/renders/A/" + first + "_1_201_a.jpeg", "a stale render");
    it.bundle.file("resources/renders/A/" + first + "_2_100_a.mov", film("", 1));
    it.bundle.file("resources/renders/A/" + first + ".plist", "bplist00");
    it.bundle.file("resources/renders/A/" + first + "_p.jpeg", "the edit before");
    it.bundle.file("resources/derivatives/A/" + first + "_1_105_c.jpeg", "a preview");

    it.list();

    CHECK(it.asset(first).kind == Kind::live);
    CHECK(it.asset(first).edited());
    CHECK(it.places(first) ==
          Words{"original originals/A/" + first + ".heic",
                "live-video originals/A/" + first + "_3.mov",
                "edited resources/renders/A/" + first + "_1_201_a.heic",
                "edited-live-video resources/renders/A/" + first + "_2_100_a.mov",
                "adjustment resources/renders/A/" + first + ".plist",
                "adjustment originals/A/" + first + "_5.aae",
                "sidecar originals/A/" + first + "_5.xmp"});
    CHECK(it.file(first, Role::live_video).name == "IMG_1.mov");
    CHECK(it.file(first, Role::edited).name == "IMG_1.heic");
    CHECK(it.file(first, Role::adjustment).name == "IMG_1.plist");
  }
}

TEST_CASE_FIXTURE(Newer, "an edited video has its render, and slow motion needs none") {
  const auto edited = bundle.add(first, "Clip.MOV", "mov", film());
  bundle.set(edited, "ZKIND", "1");
  bundle.set_edited(edited, 2);
  bundle.file("resources/renders/A/" + first + "_2_0_a.mov", film("", 1));
  const auto slow = bundle.add(second, "Slow.MOV", "mov", film("", 2));
  bundle.set(slow, "ZKIND", "1");
  bundle.set(slow, "ZKINDSUBTYPE", "101");
  bundle.set_edited(slow, 3);
  bundle.file("resources/renders/B/" + second + ".plist", "bplist00");

  list();

  CHECK(asset(first).kind == Kind::video);
  CHECK(file(first, Role::edited).name == "Clip.mov");
  CHECK_FALSE(asset(second).edited());
  CHECK(places(second) == Words{"original originals/B/" + second + ".mov",
                                "adjustment resources/renders/B/" + second + ".plist"});
}

TEST_CASE_FIXTURE(Newer, "the RAW half of a pair is found by whatever extension it has") {
  const auto row = bundle.add(first, "IMG_1.JPG", "jpeg", still());
  bundle.resource(row, 4, 0, 17, {1, 0});
  bundle.file("originals/A/" + first + "_4.nef", still("", "raw"));
  const auto gone = bundle.add(second, "IMG_2.JPG", "jpeg", still());
  bundle.resource(gone, 4, 0, 17, {1, 0}, "", 16128420);
  bundle.run("UPDATE ZINTERNALRESOURCE SET ZCOMPACTUTI = '11' WHERE ZASSET = " +
             std::to_string(gone));

  list();

  CHECK(file(first, Role::raw).name == "IMG_1.nef");
  CHECK_FALSE(file(first, Role::raw).unavailable);
  CHECK(file(second, Role::raw).name == "IMG_2.cr2");
  CHECK(file(second, Role::raw).unavailable == Cause::not_found);
  CHECK(file(second, Role::raw).size == ByteCount{16128420});
}

TEST_CASE_FIXTURE(Newer, "what is not here is told apart: only in iCloud, missing, or hollow") {
  bundle.resource(bundle.add(first, "cloud.jpg", "jpeg", std::nullopt), 0, 0, 1, {-1, 1});
  bundle.resource(bundle.add(second, "lost.jpg", "jpeg", std::nullopt), 0, 0, 1, {1, 1});
  const auto live = bundle.add(third, "live.heic", "heic", still());
  bundle.set(live, "ZKINDSUBTYPE", "2");
  bundle.resource(live, 3, 0, 18, {-32768, 1});
  const std::string empty = "DDDDDDDD-0000-4000-8000-000000000004";
  const std::string zeros = "EEEEEEEE-0000-4000-8000-000000000005";
  bundle.add(empty, "empty.jpg", "jpeg", std::string());
  bundle.add(zeros, "zeros.jpg", "jpeg", std::string(5000, '\0'));

  list();

  CHECK(file(first, Role::original).unavailable == Cause::absent);
  CHECK(file(second, Role::original).unavailable == Cause::not_found);
  CHECK_FALSE(file(third, Role::original).unavailable);
  CHECK(file(third, Role::live_video).unavailable == Cause::absent);
  CHECK(file(empty, Role::original).unavailable == Cause::invalid);
  CHECK(file(zeros, Role::original).unavailable == Cause::invalid);
}

TEST_CASE_FIXTURE(Newer, "the file is the truth, whatever the database says of it") {
  bundle.resource(bundle.add(first, "a.jpg", "jpeg", still()), 0, 0, 1, {-1, 1});

  list();

  CHECK_FALSE(file(first, Role::original).unavailable);
  CHECK(read(file(first, Role::original)).value() == still());
}

TEST_CASE_FIXTURE(Newer, "an original that went to the cloud is still the version that it was") {
  const auto row = bundle.add(first, "a.jpg", "jpeg", still());
  bundle.resource(row, 0, 0, 1, {1, 1});
  list();
  const auto before = file(first, Role::original);

  std::filesystem::remove(bundle.folder() / ("originals/A/" + first + ".jpeg"));
  bundle.run("UPDATE ZINTERNALRESOURCE SET ZLOCALAVAILABILITY = -1");
  list();

  const auto evicted = file(first, Role::original);
  CHECK(evicted.unavailable == Cause::absent);
  CHECK(evicted.source_version == before.source_version);
  CHECK(evicted.key == before.key);
  list();
  CHECK(down.puts == 0);

  bundle.set_attribute(row, "ZORIGINALSTABLEHASH", "'AYnnoj1r4lMYTs3JP/g7mjGaDCgO'");
  list();
  CHECK(file(first, Role::original).source_version != before.source_version);
}

TEST_CASE_FIXTURE(Newer,
                  "an item of a shared album is of that album's library, and a reduced copy") {
  const auto row = bundle.add(first, "IMG_9.JPG", "JPG", std::nullopt);
  bundle.set(row, "ZSAVEDASSETTYPE", "4");
  bundle.set(row, "ZCLOUDBATCHPUBLISHDATE", "1");
  bundle.set(row, "ZDIRECTORY", "'12345/ALBUM-GUID'");
  bundle.resource(row, 0, 0, 3, {1, 1});
  const auto album = bundle.album("Family", PhotosBundle::root_folder, PhotosBundle::shared_album);
  bundle.run("UPDATE ZGENERICALBUM SET ZCLOUDGUID = 'ALBUM-GUID' WHERE Z_PK = " +
             std::to_string(album));
  bundle.put_in(album, row);
  bundle.file("scopes/cloudsharing/data/12345/ALBUM-GUID/" + first + ".JPG", still());
  const auto clip = bundle.add(second, "IMG_8.MOV", "MP4", std::nullopt);
  bundle.set(clip, "ZSAVEDASSETTYPE", "4");
  bundle.set(clip, "ZKIND", "1");
  bundle.set(clip, "ZDIRECTORY", "'12345/OTHER-GUID'");
  bundle.file("resources/cloudsharing/data/12345/OTHER-GUID/" + second + ".medium.MP4", film());

  list();

  CHECK(asset(first).key.library == "ALBUM-GUID");
  CHECK(asset(first).shelf == Shelf::shared_album);
  CHECK(asset(first).albums == std::vector<photo::AlbumPath>{{{"Family"}}});
  CHECK(asset(first).warnings.size() == 1);
  CHECK(read(file(first, Role::original)).value() == still());
  CHECK(asset(second).key.library == "OTHER-GUID");
  CHECK(file(second, Role::original).name == "IMG_8.MOV");
  CHECK(read(file(second, Role::original)).value() == film());
}

TEST_CASE_FIXTURE(Newer,
                  "shared library, messages, shared moments and the bin each have their place") {
  bundle.set(
      bundle.add(first, "a.jpg", "jpeg", still()), "ZACTIVELIBRARYSCOPEPARTICIPATIONSTATE", "1");
  const auto message = bundle.add(second, "b.jpg", "jpeg", std::nullopt);
  bundle.set_attribute(message, "ZSYNDICATIONIDENTIFIER", "'chat'");
  bundle.set_attribute(message, "ZSYNDICATIONHISTORY", "0");
  bundle.file("scopes/syndication/originals/B/" + second + ".jpeg", still("", "b"));
  const auto moment = bundle.add(third, "c.jpg", "jpeg", std::nullopt);
  bundle.set(moment, "ZMOMENTSHARE", "7");
  bundle.file("scopes/momentshared/originals/C/" + third + ".jpeg", still("", "c"));
  const std::string deleted = "DDDDDDDD-0000-4000-8000-000000000004";
  bundle.set(bundle.add(deleted, "d.jpg", "jpeg", still()), "ZTRASHEDSTATE", "1");

  list();

  CHECK(asset(first).key.library == "shared");
  CHECK(asset(first).shelf == Shelf::shared_library);
  CHECK(read(file(second, Role::original)).value() == still("", "b"));
  CHECK(asset(second).key.library == "own");
  CHECK(asset(second).warnings.size() == 1);
  CHECK(read(file(third, Role::original)).value() == still("", "c"));
  CHECK(asset(deleted).trashed);
  CHECK(asset(deleted).shelf == Shelf::recently_deleted);
}

TEST_CASE_FIXTURE(Old, "a file left where it was is read there, through no link") {
  const TempFolder disk;
  disk.write("Pictures/Frítest.jpg", still());
  disk.write("secret.txt", "a secret");
  std::filesystem::create_symlink(disk / "Pictures/Frítest.jpg", disk / "link.jpg");
  std::filesystem::create_directory_symlink(disk / "Pictures", disk / "linked");
  const auto refer = [&](const std::string& uuid, const std::string& directory, const char* name) {
    const auto row = bundle.add(uuid, name, "jpeg", std::nullopt);
    bundle.set(row, "ZSAVEDASSETTYPE", "10");
    bundle.set(row, "ZDIRECTORY", "'" + directory + "'");
    bundle.set(row, "ZFILENAME", "'" + std::string(name) + "'");
  };
  refer(first, (disk / "Pictures").string(), "Fri\u0301test.jpg");
  refer(second, disk.path().string(), "link.jpg");
  refer(third, (disk / "linked").string(), "Frítest.jpg");
  const std::string unmounted = "DDDDDDDD-0000-4000-8000-000000000004";
  refer(unmounted, "/Volumes/Disk/Pictures", "a.jpg");
  const std::string no_photo = "EEEEEEEE-0000-4000-8000-000000000005";
  refer(no_photo, disk.path().string(), "secret.txt");

  list();

  CHECK(file(first, Role::original).key == (disk / "Pictures/Frítest.jpg").string());
  CHECK(read(file(first, Role::original)).value() == still());
  for (const std::string& id : {second, third, unmounted, no_photo}) {
    CAPTURE(id);
    CHECK(file(id, Role::original).unavailable == Cause::not_found);
  }
}

TEST_CASE("places that cannot be cost one photo its file, and lead nowhere") {
  struct Row {
    const char* name;
    const char* directory;
    const char* file;
    int saved_as;
  };

  const TempFolder outside;
  outside.write("secret.jpg", still());
  const auto absolute = "'" + outside.path().string() + "'";
  for (const Row& hostile :
       {Row{"up and out", "'../..'", "'secret.jpg'", 3},
        Row{"absolute where it may not be", absolute.c_str(), "'secret.jpg'", 3},
        Row{"a name with folders", "'A'", "'../../secret.jpg'", 3},
        Row{"a NUL", "'A'", "'a.jpeg' || char(0) || '.jpg'", 3},
        Row{"no name", "'A'", "NULL", 3},
        Row{"the folder itself", "'.'", "'.'", 3},
        Row{"up and out of a referenced place", "'/tmp/..'", "'..'", 10},
        Row{"endless", "'A'", "hex(zeroblob(4000))", 3}}) {
    CAPTURE(hostile.name);
    Newer it;
    const auto row = it.bundle.add(first, "a.jpg", "jpeg", std::nullopt);
    it.bundle.set(row, "ZDIRECTORY", hostile.directory);
    it.bundle.set(row, "ZFILENAME", hostile.file);
    it.bundle.set(row, "ZSAVEDASSETTYPE", std::to_string(hostile.saved_as));
    it.bundle.add(second, "b.jpg", "jpeg", still());

    it.list();

    CHECK(it.file(first, Role::original).unavailable == Cause::not_found);
    CHECK_FALSE(it.read(it.file(first, Role::original)));
    CHECK_FALSE(it.file(second, Role::original).unavailable);
  }
}

TEST_CASE_FIXTURE(Newer, "an id that is none, or another's, is named and harms no other photo") {
  bundle.add(first, "a.jpg", "jpeg", still());
  for (const char* id : {"'../../x'", "NULL", "''", "char(0)"})
    bundle.run("INSERT INTO ZASSET(ZUUID, ZDIRECTORY, ZFILENAME) VALUES(" + std::string(id) +
               ", 'A', 'x.jpeg')");
  bundle.run("INSERT INTO ZASSET(ZUUID, ZDIRECTORY, ZFILENAME) VALUES('" + first +
             "', 'A', 'other.jpeg')");

  list();

  CHECK(down.assets.size() == 1);
  CHECK(file(first, Role::original).key == "originals/A/" + first + ".jpeg");
  CHECK(down.unreadable_paths.size() == 5);
  list();
  CHECK(down.puts == 0);
}

TEST_CASE_FIXTURE(Newer, "a link in the library is not followed") {
  const TempFolder outside;
  outside.write("secret.jpg", still());
  bundle.add(first, "a.jpg", "jpeg", std::nullopt);
  std::filesystem::create_directories(bundle.folder() / "originals/A");
  std::filesystem::create_symlink(outside / "secret.jpg",
                                  bundle.folder() / ("originals/A/" + first + ".jpeg"));
  bundle.add(second, "b.jpg", "jpeg", std::nullopt);
  std::filesystem::create_directory_symlink(outside.path(), bundle.folder() / "originals/B");
  outside.write(second + ".jpeg", still());

  list();

  CHECK(file(first, Role::original).unavailable == Cause::not_found);
  CHECK(file(second, Role::original).unavailable == Cause::not_found);
}

TEST_CASE("the date is the library's, with the zone it stored; rubbish gives way to the file's") {
  struct Row {
    const char* name;
    const char* created;
    const char* zone;
    const char* offset;
    const char* inferred;
    const char* expected;
  };

  for (const Row& row :
       {Row{"all known",
            "581076000.25",
            "'Europe/Berlin'",
            "7200",
            "NULL",
            "2019-06-01T12:00:00.250+02:00 library"},
        Row{"the stored offset outranks the name",
            "581076000",
            "'Europe/Berlin'",
            "-18000",
            "NULL",
            "2019-06-01T05:00:00-05:00 library"},
        Row{"only a name",
            "581076000",
            "'Europe/Berlin'",
            "NULL",
            "3600",
            "2019-06-01T12:00:00+02:00 library"},
        Row{"a name that is an offset",
            "581076000",
            "'GMT-0430'",
            "NULL",
            "NULL",
            "2019-06-01T05:30:00-04:30 library"},
        Row{"an unknown name",
            "581076000",
            "'Nowhere/At all'",
            "NULL",
            "3600",
            "2019-06-01T11:00:00+01:00 library"},
        Row{"no zone", "581076000", "NULL", "NULL", "NULL", "2019-06-01T10:00:00Z library"},
        Row{"an absurd offset",
            "581076000",
            "NULL",
            "999999999999",
            "NULL",
            "2019-06-01T10:00:00Z library"},
        Row{"1970 in UTC",
            "-978307200",
            "'America/Chicago'",
            "-18000",
            "NULL",
            "2019-07-04T18:00:01+02:00 exif"},
        Row{"1970 on the wall",
            "-978289200",
            "'America/Chicago'",
            "-18000",
            "NULL",
            "2019-07-04T18:00:01+02:00 exif"},
        Row{"zero", "0", "NULL", "0", "NULL", "2019-07-04T18:00:01+02:00 exif"},
        Row{"the far future",
            "123456789012345",
            "NULL",
            "0",
            "NULL",
            "2019-07-04T18:00:01+02:00 exif"},
        Row{"no number", "'x'", "NULL", "0", "NULL", "2019-07-04T18:00:01+02:00 exif"},
        Row{"infinity", "9e999", "NULL", "0", "NULL", "2019-07-04T18:00:01+02:00 exif"},
        Row{"none", "NULL", "NULL", "0", "NULL", "2019-07-04T18:00:01+02:00 exif"}}) {
    CAPTURE(row.name);
    Newer it;
    const auto number = it.bundle.add(first, "a.jpg", "jpeg", still());
    it.bundle.set(number, "ZDATECREATED", row.created);
    it.bundle.set_attribute(number, "ZTIMEZONENAME", row.zone);
    it.bundle.set_attribute(number, "ZTIMEZONEOFFSET", row.offset);
    it.bundle.set_attribute(number, "ZINFERREDTIMEZONEOFFSET", row.inferred);
    const auto lost = it.bundle.add(second, "b.jpg", "jpeg", std::nullopt);
    it.bundle.set(lost, "ZDATECREATED", "-978307200");

    it.list();

    CHECK(it.taken(first) == row.expected);
    CHECK(it.taken(second) == "none");
  }
}

TEST_CASE_FIXTURE(Newer, "a second listing looks into nothing and reports nothing") {
  const auto row = bundle.add(first, "a.jpg", "jpeg", still());
  bundle.set_edited(row, 1);
  bundle.file("resources/renders/A/" + first + "_1_201_a.jpeg", still("", "edit"));
  bundle.resource(bundle.add(second, "cloud.jpg", "jpeg", std::nullopt), 0, 0, 1, {-1, 1});
  list();
  CHECK(down.puts == 2);
  const auto rows = down.rows.rows;

  list();

  CHECK(down.puts == 0);
  CHECK(down.gones == 0);
  CHECK(down.rows.rows == rows);
}

TEST_CASE_FIXTURE(Newer, "an edit is a new version of the render, and of nothing else") {
  const auto row = bundle.add(first, "a.jpg", "jpeg", still());
  bundle.set_edited(row, 1);
  const auto render = "resources/renders/A/" + first + "_1_201_a.jpeg";
  bundle.file(render, still("", "edit"));
  list();
  const auto original = file(first, Role::original);
  const auto edit = file(first, Role::edited);

  bundle.file(render, still("", "another edit"));
  bundle.set(row, "ZADJUSTMENTTIMESTAMP", "600000001");
  list();

  CHECK(down.puts == 1);
  CHECK(file(first, Role::original) == original);
  CHECK(file(first, Role::edited).key == edit.key);
  CHECK(file(first, Role::edited).source_version != edit.source_version);
}

TEST_CASE_FIXTURE(Newer,
                  "what leaves the database is gone, what joins is there, words are noticed") {
  bundle.add(first, "a.jpg", "jpeg", still());
  const auto row = bundle.add(second, "b.jpg", "jpeg", still());
  list();

  bundle.run("DELETE FROM ZASSET WHERE ZUUID = '" + first + "'");
  bundle.add(third, "c.jpg", "jpeg", still());
  bundle.keyword(row, "new word");
  list();

  CHECK(down.puts == 2);
  CHECK(down.gones == 1);
  CHECK_FALSE(down.assets.contains(first));
  CHECK(down.assets.contains(third));
  CHECK(asset(second).labels.keywords == Words{"new word"});
}

TEST_CASE_FIXTURE(Newer, "without a memory the ledger's own photos are compared with the library") {
  bundle.add(first, "a.jpg", "jpeg", still());
  photo::Asset stale;
  stale.key.id = second;
  down.assets[second] = stale;

  list();

  CHECK(down.assets.contains(first));
  CHECK_FALSE(down.assets.contains(second));
  list();
  CHECK(down.reconciled == 0);
}

TEST_CASE_FIXTURE(Newer, "rows that only the log has count, and the library is left as it was") {
  bundle.add(first, "a.jpg", "jpeg", still());
  REQUIRE(bundle.folder().has("database/Photos.sqlite-wal"));
  const auto log = bundle.folder().read("database/Photos.sqlite-wal");
  const auto main = bundle.folder().read("database/Photos.sqlite");
  CHECK(main.find(first) == std::string::npos);

  list();

  CHECK(down.assets.contains(first));
  CHECK(bundle.folder().read("database/Photos.sqlite-wal") == log);
  CHECK(bundle.folder().read("database/Photos.sqlite") == main);
}

TEST_CASE_FIXTURE(Newer, "bytes that are read come with Apple's checksum of them") {
  bundle.add(first, "a.jpg", "jpeg", still());
  list();

  std::optional<AppleChecksum> sum;
  CHECK(read(file(first, Role::original), &sum).value() == still());

  CHECK(sum == crypto::apple_checksum(bytes_of(still())));
  bundle.file("originals/A/" + first + ".jpeg", still("", "changed"));
  const auto changed = read(file(first, Role::original));
  REQUIRE_FALSE(changed);
  CHECK(changed.error().cause == Cause::changed);
}

TEST_CASE("a model newer than any that was tried is read with a warning, not in silence") {
  Listed it(Shape::newer, 99999);
  it.bundle.add(first, "a.jpg", "jpeg", still());

  it.list();

  CHECK(it.down.assets.size() == 1);
  REQUIRE(it.down.warnings.size() == 1);
  CHECK(it.down.warnings[0].find("99999") != std::string::npos);
}

TEST_CASE("a database that lies or is damaged is a clear error, or read as far as it goes") {
  struct Row {
    const char* name;
    const char* sql;
    std::optional<Cause> cause;
    std::size_t unreadable;
  };

  for (const Row& row :
       {Row{"no photos", "DROP TABLE ZASSET", Cause::corrupt, 0},
        Row{"no ids", "ALTER TABLE ZASSET DROP COLUMN ZUUID", Cause::corrupt, 0},
        Row{"a view in the place of a table",
            "ALTER TABLE ZASSET RENAME TO hidden; CREATE VIEW ZASSET AS SELECT * FROM hidden",
            Cause::corrupt,
            0},
        Row{"no numbers of entities", "DROP TABLE Z_PRIMARYKEY", std::nullopt, 2},
        Row{"no keywords", "DROP TABLE Z_1KEYWORDS", std::nullopt, 1},
        Row{"no attributes", "DROP TABLE ZADDITIONALASSETATTRIBUTES", std::nullopt, 2},
        Row{"no faces", "DROP TABLE ZDETECTEDFACE", std::nullopt, 1},
        Row{"no resources", "DROP TABLE ZINTERNALRESOURCE", std::nullopt, 1},
        Row{"no albums", "DROP TABLE ZGENERICALBUM", std::nullopt, 1},
        Row{"no model", "DROP TABLE Z_METADATA", std::nullopt, 0},
        Row{"numbers that are text",
            "UPDATE ZASSET SET ZKIND = 'x', ZLATITUDE = 'y', ZFAVORITE = 'z'",
            std::nullopt,
            0},
        Row{"attributes twice",
            "INSERT INTO ZADDITIONALASSETATTRIBUTES(ZASSET) SELECT Z_PK FROM ZASSET",
            std::nullopt,
            0}}) {
    CAPTURE(std::string(row.name));
    Newer it;
    it.bundle.add(first, "a.jpg", "jpeg", still());
    it.bundle.run(row.sql);

    const auto listed = it.try_list();

    REQUIRE(listed.has_value() == !row.cause.has_value());
    if (!listed) {
      CHECK(listed.error().cause == *row.cause);
      CHECK(listed.error().scope == Scope::source);
      CHECK(it.down.assets.empty());
    } else {
      CHECK_FALSE(it.file(first, Role::original).unavailable);
      CHECK(it.down.unreadable_paths.size() == row.unreadable);
    }
  }
}

TEST_CASE("bytes of a database gone bad are an error, never a crash, and no photo is called gone") {
  const Newer it;
  for (int i = 0; i < 60; ++i)
    const_cast<PhotosBundle&>(it.bundle).add(
        fmt::format("AAAAAAAA-0000-4000-8000-{:012}", i), "a.jpg", "jpeg", still());
  const_cast<PhotosBundle&>(it.bundle).run("PRAGMA wal_checkpoint(TRUNCATE)");
  const auto whole = it.bundle.folder().read("database/Photos.sqlite");
  for (std::size_t page = 0; page * 4096 < whole.size(); ++page) {
    CAPTURE(page);
    const TempFolder copy;
    auto bad = whole;
    for (std::size_t i = page * 4096; i < std::min(bad.size(), page * 4096 + 600); i += 3)
      bad[i] = '\xA5';
    copy.write("database/Photos.sqlite", bad);
    FixedClock clock;
    TakenDown down;
    photo::Asset known;
    known.key.id = "known";
    down.assets["known"] = known;

    const auto listed = source::make_photos_library_source(
                            os::open_folder(copy.path()).value(), Id128{}, copy / "work", clock)
                            ->note_changes(down, {});

    if (!listed) {
      CHECK(listed.error().scope == Scope::source);
      CHECK(down.assets.contains("known"));
    }
  }
}

TEST_CASE("only a library of a Photos that can be read is taken for one") {
  const TempFolder disk;
  disk.write("Photos.photoslibrary/database/Photos.sqlite", "");
  disk.write("Old.photoslibrary/database/photos.db", "");
  disk.write("iPhoto Library/AlbumData.xml", "");
  disk.write("Pictures/a.jpg", "");
  const auto checked = [&](const char* name) {
    return source::check_photos_library(*os::open_folder(disk / name).value());
  };

  CHECK(checked("Photos.photoslibrary"));
  for (const char* old : {"Old.photoslibrary", "iPhoto Library"}) {
    const auto refused = checked(old);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().cause == Cause::unsupported);
    CHECK(refused.error().message().find("Masters") != std::string::npos);
  }
  const auto refused = checked("Pictures");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::invalid);
}
