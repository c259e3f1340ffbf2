// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/names.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace keepsake;
using os::Place;
using os::Root;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

/// What every file system can do, and what only good ones can do at once.
constexpr auto both_ways = {&os::rename_to_free_name, &os::rename_in_steps};

struct Fixture {
  TempFolder disk;
  Root root = Root::open(disk.path()).value();

  [[nodiscard]] Place place(std::string_view path) const {
    return root.place(RelativePath::known(path)).value();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a rename to a free name moves files, links and folders") {
  for (const auto rename : both_ways) {
    disk.write("file", "bytes");
    disk.write("folder/file", "below");
    fs::create_symlink("nowhere", disk / "link");

    CHECK(rename(place("file"), place("folder/moved")) == 0);
    CHECK(rename(place("link"), place("moved link")) == 0);
    CHECK(rename(place("folder"), place("moved folder")) == 0);

    CHECK(disk.read("moved folder/moved") == "bytes");
    CHECK(disk.read("moved folder/file") == "below");
    CHECK(fs::is_symlink(disk / "moved link"));
    for (const char* name : {"file", "folder", "link"}) CHECK_FALSE(disk.has(name));
    fs::remove_all(disk / "moved folder");
    fs::remove(disk / "moved link");
  }
}

TEST_CASE_FIXTURE(Fixture, "a rename to a taken name changes nothing, whatever has the name") {
  disk.write("file", "new");
  disk.write("folder/x", "");
  disk.write("taken", "old");
  fs::create_directory(disk / "taken folder");
  fs::create_symlink("nowhere", disk / "taken link");

  for (const auto rename : both_ways) {
    CHECK(rename(place("file"), place("taken")) == EEXIST);
    CHECK(rename(place("file"), place("taken link")) == EEXIST);
    CHECK(rename(place("folder"), place("taken folder")) == EEXIST);
    CHECK(rename(place("missing"), place("free")) == ENOENT);
  }

  CHECK(disk.read("file") == "new");
  CHECK(disk.read("taken") == "old");
  CHECK(disk.has("folder/x"));
}
