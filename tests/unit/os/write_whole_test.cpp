// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time.h"
#include "os/folder.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <iterator>

using namespace keepsake;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

RelativePath at(std::string_view path) { return RelativePath::known(path); }

struct Fixture {
  TempFolder disk;
  std::unique_ptr<os::Folder> folder = os::open_folder(disk.path()).value();
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a whole file is made, then replaced, and nothing is left beside it") {
  fs::create_directory(disk / "below");

  REQUIRE(os::write_whole(*folder, at("below/marker"), bytes_of("old")));
  REQUIRE(os::write_whole(
      *folder, at("below/marker"), bytes_of("new"), parse_instant("2000-01-02T00:00:00Z")));

  CHECK(disk.read("below/marker") == "new");
  CHECK(std::distance(fs::directory_iterator(disk / "below"), {}) == 1);
  CHECK(folder->look(at("below/marker")).value()->modified_ns == 946'771'200'000'000'000);
}

TEST_CASE_FIXTURE(Fixture, "a private file can be read by its owner only") {
  disk.write("tokens", "old");

  REQUIRE(os::write_private(*folder, at("tokens"), bytes_of("new")));

  CHECK(disk.read("tokens") == "new");
  CHECK(folder->look(at("tokens")).value()->permissions == 0600);
}

TEST_CASE_FIXTURE(Fixture, "whoever reads the old file while it is replaced reads it whole") {
  disk.write("marker", "old");
  const auto reader = folder->open(at("marker"), os::Reading::cached).value();

  REQUIRE(os::write_whole(*folder, at("marker"), bytes_of("something newer")));

  Bytes buffer(100);
  const auto count = reader->read(buffer).value();
  CHECK(text_of(ByteView(buffer).first(count)) == "old");
}

TEST_CASE_FIXTURE(Fixture, "what an interrupted write left behind does not stand in the way") {
  disk.write(".marker.keepsake-new", "half");
  disk.write("marker", "old");

  REQUIRE(os::write_whole(*folder, at("marker"), bytes_of("new")));

  CHECK(disk.read("marker") == "new");
  CHECK_FALSE(disk.has(".marker.keepsake-new"));
}

TEST_CASE_FIXTURE(Fixture, "a link of that name is replaced, not followed") {
  disk.write("elsewhere", "theirs");
  fs::create_symlink("elsewhere", disk / "marker");

  REQUIRE(os::write_whole(*folder, at("marker"), bytes_of("ours")));

  CHECK(disk.read("elsewhere") == "theirs");
  CHECK(fs::is_regular_file(fs::symlink_status(disk / "marker")));
}
