// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/folder_tree/album_folder.h"

#include "tests/support/kept_tree.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using destination::AlbumFile;
using destination::Albums;
using destination::tree::AlbumFolder;

namespace {

struct Fixture {
  TempFolder disk;
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  WatchedFolder folder{os::open_folder(disk.path()).value(), watch};
  AlbumFolder albums{folder};

  Fixture() {
    disk.write("Photos/2024/a.jpg", "a");
    disk.write("Photos/2024/b.jpg", "b");
    disk.write("Photos/2023/a.jpg", "older");
  }

  void show(std::string_view album,
            const std::vector<AlbumFile>& files,
            Albums how = Albums::links) {
    const auto shown = albums.show(RelativePath::known(album), files, how);
    REQUIRE_MESSAGE(shown, shown.error().message());
  }

  std::string target(const char* link) const {
    return std::filesystem::read_symlink(disk / link).string();
  }
};

const AlbumFile a{"Photos/2024/a.jpg", "a.jpg"};
const AlbumFile b{"Photos/2024/b.jpg", "b.jpg"};
const AlbumFile older{"Photos/2023/a.jpg", "A.jpg"};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an album is a folder of relative links to its photos") {
  show("Albums/Trips/Lake", {a, b});

  CHECK(target("Albums/Trips/Lake/a.jpg") == "../../../Photos/2024/a.jpg");
  CHECK(disk.read("Albums/Trips/Lake/b.jpg") == "b");
}

TEST_CASE_FIXTURE(Fixture, "photos of one name, whatever its case, are numbered in an album") {
  show("Albums/Lake", {a, older});

  CHECK(disk.read("Albums/Lake/a.jpg") == "a");
  CHECK(disk.read("Albums/Lake/A (2).jpg") == "older");
}

TEST_CASE_FIXTURE(Fixture, "an album shows exactly its photos, and leaves what is not ours") {
  show("Albums/Lake", {a, b});
  disk.write("Albums/Lake/notes.txt", "mine");
  std::filesystem::create_symlink("/etc", disk / "Albums/Lake/etc");

  show("Albums/Lake", {b});

  CHECK_FALSE(disk.has("Albums/Lake/a.jpg"));
  CHECK(disk.has("Albums/Lake/b.jpg"));
  CHECK(disk.read("Albums/Lake/notes.txt") == "mine");
  CHECK(disk.has("Albums/Lake/etc"));
}

TEST_CASE_FIXTURE(Fixture, "an album that is shown again writes nothing") {
  show("Albums/Lake", {a, b});
  int writes = 0;
  watch->fate = [&](Operation operation, const RelativePath& path) {
    if (operation == Operation::write && path.text() != "Albums/Lake") ++writes;
    return Fate::happens;
  };

  show("Albums/Lake", {a, b});

  CHECK(writes == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "an album without photos leaves no folder, unless something else is in it") {
  show("Albums/Lake", {a});
  show("Albums/Trip", {a});
  disk.write("Albums/Trip/notes.txt", "mine");

  show("Albums/Lake", {});
  show("Albums/Trip", {});

  CHECK_FALSE(disk.has("Albums/Lake"));
  CHECK(disk.has("Albums/Trip/notes.txt"));
  CHECK_FALSE(disk.has("Albums/Trip/a.jpg"));
}

TEST_CASE_FIXTURE(Fixture, "an owner's file where a link belongs stays") {
  disk.write("Albums/Lake/a.jpg", "mine");

  show("Albums/Lake", {a, b});

  CHECK(disk.read("Albums/Lake/a.jpg") == "mine");
  CHECK(disk.has("Albums/Lake/b.jpg"));
}

TEST_CASE_FIXTURE(Fixture, "where there are no links an album is a list, which ends with it") {
  watch->symlinks = false;

  show("Albums/Lake", {a, b});
  CHECK(disk.read("Albums/Lake.txt") == "Photos/2024/a.jpg\nPhotos/2024/b.jpg\n");

  show("Albums/Lake", {b});
  CHECK(disk.read("Albums/Lake.txt") == "Photos/2024/b.jpg\n");

  show("Albums/Lake", {});
  CHECK_FALSE(disk.has("Albums/Lake.txt"));
}

TEST_CASE_FIXTURE(Fixture, "a text of the owner's is not taken for a list") {
  for (const char* text : {"milk\n", "no end/of line", "Photos/a.jpg\nmilk\n"}) {
    CAPTURE(text);
    disk.write("Albums/Lake.txt", text);

    show("Albums/Lake", {a}, Albums::list);
    CHECK(disk.read("Albums/Lake.txt") == text);

    show("Albums/Lake", {}, Albums::list);
    CHECK(disk.read("Albums/Lake.txt") == text);
  }
}

TEST_CASE_FIXTURE(Fixture, "no albums are shown where none are wanted") {
  show("Albums/Lake", {a}, Albums::none);

  CHECK_FALSE(disk.has("Albums"));
}
