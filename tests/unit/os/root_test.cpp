// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/root.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <string>

using namespace keepsake;
using os::Root;
using os::Walk;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

/// Both ways of walking keep the same promises.
constexpr Walk both_walks[] = {Walk::at_once, Walk::by_parts};

struct Fixture {
  TempFolder outside;
  TempFolder inside;

  Fixture() {
    outside.write("secret/file", "secret");
    inside.write("folder/file", "ours");
    inside.write("file", "ours");
  }

  [[nodiscard]] Root root(Walk walk) const { return Root::open(inside.path(), walk).value(); }

  [[nodiscard]] Cause cause_of_opening(Walk walk, std::string_view path) const {
    const auto opened = root(walk).open(RelativePath::known(path), O_RDONLY);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().where == (inside / path).string());
    return opened.error().cause;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what lies below a root is reached") {
  for (const Walk walk : both_walks) {
    const auto here = root(walk);
    CHECK(here.open(RelativePath(), O_RDONLY | O_DIRECTORY));
    CHECK(here.open(RelativePath::known("file"), O_RDONLY));
    CHECK(here.open(RelativePath::known("folder"), O_RDONLY | O_DIRECTORY));
    CHECK(here.open(RelativePath::known("folder/file"), O_RDONLY));
  }
}

TEST_CASE_FIXTURE(Fixture, "no link leads out of a root, wherever it stands in the path") {
  fs::create_directory_symlink(outside / "secret", inside / "absolute");
  fs::create_directory_symlink(fs::relative(outside / "secret", inside.path()),
                               inside / "relative");
  fs::create_symlink(outside / "secret/file", inside / "last");
  fs::create_directory_symlink("folder", inside / "to_our_own");

  for (const Walk walk : both_walks)
    for (const char* path : {"absolute/file", "relative/file", "last", "to_our_own/file"}) {
      CAPTURE(path);
      CHECK(cause_of_opening(walk, path) == Cause::invalid);
    }
}

TEST_CASE_FIXTURE(Fixture, "a link itself is found, not what it leads to") {
  fs::create_symlink(outside / "secret/file", inside / "link");

  for (const Walk walk : both_walks) {
    const auto link = root(walk).open(RelativePath::known("link"), O_PATH).value();
    struct stat status{};
    REQUIRE(fstat(link.number(), &status) == 0);
    CHECK(S_ISLNK(status.st_mode));
  }
}

TEST_CASE_FIXTURE(Fixture, "a missing file and a file in the middle of a path are told apart") {
  for (const Walk walk : both_walks) {
    CHECK(cause_of_opening(walk, "missing") == Cause::not_found);
    CHECK(cause_of_opening(walk, "missing/file") == Cause::not_found);
    CHECK(cause_of_opening(walk, "file/file") == Cause::invalid);
  }
}

TEST_CASE_FIXTURE(Fixture, "in a root that was removed nothing is missing: the root is") {
  for (const Walk walk : both_walks) {
    fs::create_directory(inside / "root");
    const auto removed = Root::open(inside / "root", walk).value();
    fs::remove(inside / "root");

    CHECK(removed.open(RelativePath::known("file"), O_RDONLY).error().cause == Cause::absent);
  }
}

TEST_CASE_FIXTURE(Fixture, "a root that moves is still the same root") {
  const auto moved = Root::open(inside / "folder").value();

  fs::rename(inside / "folder", inside / "elsewhere");

  CHECK(moved.open(RelativePath::known("file"), O_RDONLY));
}

TEST_CASE_FIXTURE(Fixture, "a path longer than the system takes at once is walked by its parts") {
  const std::string part(200, 'x');
  std::string path = part;
  for (int depth = 1; depth < 30; ++depth) {
    const auto here = root(Walk::at_once);
    const auto place = here.place(RelativePath::known(path)).value();
    REQUIRE(mkdirat(place.folder.number(), part.c_str(), 0777) == 0);
    path += "/" + part;
  }

  CHECK(cause_of_opening(Walk::at_once, path) == Cause::not_found);
  CHECK(root(Walk::at_once).open(RelativePath::known(path).folder(), O_RDONLY));
}
