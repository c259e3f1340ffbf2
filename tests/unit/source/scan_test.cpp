// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/source/scanned.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;

namespace {

using Lines = std::vector<std::string>;

struct Fixture : Scanned {
  /// Zeros that lie on the disk: room may be given to new bytes only when they reach it.
  void write_zeros(std::string_view name, std::size_t size) const {
    const auto folder = os::open_folder(disk.path()).value();
    const Bytes zeros(size);
    REQUIRE(os::write_whole(*folder, RelativePath::known(name), zeros));
  }

  /// Zeros that take no room, as a placeholder has them.
  void write_hole(std::string_view name, std::uintmax_t size) const {
    disk.write(name, "");
    std::filesystem::resize_file(disk / name, size);
  }

  std::optional<Cause> unavailable(const std::string& id) const {
    return down.assets.at(id).renditions.at(0).unavailable;
  }

  /// As a catalog does that was made anew from a destination.
  void know_asset(const std::string& id) {
    photo::Asset asset;
    asset.key.id = id;
    asset.renditions.emplace_back().key = id;
    down.assets.emplace(id, asset);
  }

  int opened = 0;

  void count_opens() {
    opened = 0;
    watch->fate = [this](Operation operation, const RelativePath&) {
      if (operation == Operation::open) ++opened;
      return Fate::happens;
    };
  }

  void make_unlistable(const std::string& folder) const {
    watch->error.cause = Cause::denied;
    watch->fate = [folder](Operation operation, const RelativePath& path) {
      return operation == Operation::list && path.text() == folder ? Fate::fails : Fate::happens;
    };
  }

  void make_unreadable(const std::string& file) const {
    watch->error.cause = Cause::denied;
    watch->fate = [file](Operation operation, const RelativePath& path) {
      return operation == Operation::open && path.text() == file ? Fate::fails : Fate::happens;
    };
  }

  void make_all_readable() const { watch->fate = nullptr; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a scan reports every photo of every folder, grouped") {
  disk.write("2019/IMG_1.JPG", still());
  disk.write("2019/IMG_1.AAE", "<plist/>");
  disk.write("2019/IMG_2.JPG", still("A"));
  disk.write("2019/clip.MOV", film("A"));
  disk.write("IMG_1.JPG", still());
  disk.write("notes.txt", "milk");
  disk.write(".DS_Store", "x");
  disk.write("._IMG_1.JPG", "x");
  disk.write(".keepsake/versions/a.jpg", still());

  scan();

  CHECK(assets() ==
        Lines{"2019/IMG_1.JPG = photo IMG_1.JPG adjustment:2019/IMG_1.AAE original:2019/IMG_1.JPG",
              "2019/IMG_2.JPG = live IMG_2.JPG live-video:2019/clip.MOV original:2019/IMG_2.JPG",
              "IMG_1.JPG = photo IMG_1.JPG original:IMG_1.JPG"});
  std::sort(down.ignored_paths.begin(), down.ignored_paths.end());
  CHECK(down.ignored_paths == Lines{".DS_Store", "._IMG_1.JPG", ".keepsake", "notes.txt"});
}

TEST_CASE_FIXTURE(Fixture, "a scan of an unchanged folder opens nothing and writes nothing") {
  disk.write("a/IMG_1.JPG", still());
  disk.write("a/IMG_1.AAE", "<plist/>");
  disk.write("a/notes.txt", "milk");
  disk.write("b.jpg", still());
  disk.write("empty.jpg", "");
  write_zeros("zeros.jpg", 4096);
  scan();
  const auto before = down.ignored_paths;

  count_opens();
  scan();

  CHECK(opened == 0);
  CHECK(down.rows.writes == 0);
  CHECK(down.puts == 0);
  CHECK(down.gones == 0);
  CHECK(down.ignored_paths == before);
}

TEST_CASE_FIXTURE(Fixture, "what was removed is gone: a file, a folder, everything") {
  disk.write("a/IMG_1.JPG", still());
  disk.write("a/deep/IMG_2.JPG", still());
  disk.write("IMG_3.JPG", still());
  disk.write("z/IMG_4.JPG", still());
  scan();

  remove("IMG_3.JPG");
  scan();
  CHECK(down.gones == 1);
  CHECK(assets().size() == 3);

  remove("a");
  scan();
  CHECK(assets() == Lines{"z/IMG_4.JPG = photo IMG_4.JPG original:z/IMG_4.JPG"});

  remove("z");
  scan();
  CHECK(assets().empty());
  CHECK(down.rows.rows.empty());
}

TEST_CASE_FIXTURE(Fixture, "a changed file is another version of the same asset") {
  disk.write("IMG_1.JPG", still());
  scan();
  const auto before = down.assets.at("IMG_1.JPG");

  disk.write("IMG_1.JPG", still("", "more"));
  scan();

  const auto& after = down.assets.at("IMG_1.JPG");
  CHECK(down.assets.size() == 1);
  CHECK(after.renditions.at(0).source_version != before.renditions.at(0).source_version);
  CHECK(after.taken == before.taken);
}

TEST_CASE_FIXTURE(Fixture, "an asset keeps its id when the rest of it arrives later") {
  disk.write("IMG_1.MOV", film("A"));
  scan();
  CHECK(assets() == Lines{"IMG_1.MOV = video IMG_1.MOV original:IMG_1.MOV"});

  disk.write("IMG_1.JPG", still("A"));
  scan();

  CHECK(assets() == Lines{"IMG_1.MOV = live IMG_1.JPG live-video:IMG_1.MOV original:IMG_1.JPG"});
  CHECK(down.assets.at("IMG_1.MOV").aliases == Lines{"IMG_1.JPG"});
  CHECK(down.gones == 0);
}

TEST_CASE_FIXTURE(Fixture, "a Live Photo that loses its still ends, and its video stands alone") {
  disk.write("IMG_1.JPG", still("A"));
  disk.write("IMG_1.MOV", film("A"));
  scan();

  remove("IMG_1.JPG");
  scan();

  CHECK(assets() == Lines{"IMG_1.MOV = video IMG_1.MOV original:IMG_1.MOV"});
  CHECK(down.gones == 1);
}

TEST_CASE_FIXTURE(Fixture, "a new file never gets the id of another asset that began at its path") {
  disk.write("IMG_1.MOV", film("A"));
  scan();
  disk.write("beach.JPG", still("A"));
  scan();
  remove("IMG_1.MOV");
  scan();
  CHECK(assets() == Lines{"IMG_1.MOV = photo beach.JPG original:beach.JPG"});

  disk.write("IMG_1.MOV", film());
  scan();

  CHECK(assets() == Lines{"IMG_1.MOV = photo beach.JPG original:beach.JPG",
                          "IMG_1.MOV#2 = video IMG_1.MOV original:IMG_1.MOV"});

  remove("beach.JPG");
  remove("IMG_1.MOV");
  scan();
  CHECK(down.rows.rows.empty());
}

TEST_CASE_FIXTURE(Fixture, "a photo that loses what it was ignored beside is counted") {
  disk.write("IMG_1.JPG", still());
  disk.write("IMG_1.AAE", "<plist/>");
  scan();
  CHECK(down.ignored_paths.empty());

  remove("IMG_1.JPG");
  scan();

  CHECK(down.ignored_paths == Lines{"IMG_1.AAE"});
  CHECK(assets().empty());
}

TEST_CASE_FIXTURE(Fixture, "files of one photo are found together however many lie between them") {
  disk.write("IMG_1.HEIC", still("A"));
  disk.write("IMG_E1.HEIC", still());
  for (int i = 0; i < 4200; ++i) disk.write("IMG_2-" + std::to_string(i) + ".txt", "x");
  for (int i = 0; i < 4200; ++i) disk.write("IMG_F-" + std::to_string(i) + ".txt", "x");
  disk.write("clip.MOV", film("A"));

  scan();

  CHECK(assets() == Lines{"IMG_1.HEIC = live IMG_1.HEIC edited:IMG_E1.HEIC live-video:clip.MOV "
                          "original:IMG_1.HEIC"});
}

TEST_CASE_FIXTURE(Fixture, "more files of one stem than a page holds are all found") {
  for (int i = 0; i < 300; ++i)
    disk.write("IMG_1." + std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i),
               still());

  scan();

  CHECK(down.assets.size() == 300);
}

TEST_CASE_FIXTURE(Fixture, "below a folder that cannot be listed everything stays as it was") {
  disk.write("a/b/IMG_1.JPG", still());
  disk.write("a/b.JPG", still());
  disk.write("a/c/IMG_2.JPG", still());
  scan();
  const auto before = assets();

  make_unlistable("a/b");
  remove("a/c/IMG_2.JPG");
  scan();

  CHECK(down.unreadable_paths == Lines{"a/b"});
  CHECK(down.gones == 1);
  CHECK(assets() == Lines{before[0], before[1]});

  make_all_readable();
  scan();
  CHECK(down.rows.writes == 0);
  CHECK(assets() == Lines{before[0], before[1]});
}

TEST_CASE_FIXTURE(Fixture, "a folder that cannot be listed at all is an error, not an empty one") {
  disk.write("IMG_1.JPG", still());
  scan();
  make_unlistable("");

  const auto scanned = try_scan();

  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().cause == Cause::denied);
  CHECK(down.assets.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a folder that went away in the middle of a scan is an error") {
  disk.write("a/IMG_1.JPG", still());
  scan();
  watch->error.cause = Cause::absent;
  watch->fate = [](Operation operation, const RelativePath& path) {
    return operation == Operation::list && path.text() == "a" ? Fate::fails : Fate::happens;
  };

  const auto scanned = try_scan();

  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().cause == Cause::absent);
}

TEST_CASE_FIXTURE(Fixture, "a file that cannot be read is known by its name and tried again") {
  disk.write("IMG_1.JPG", still("A"));
  disk.write("IMG_2.JPG", still());
  make_unreadable("IMG_1.JPG");

  scan();
  REQUIRE(down.assets.size() == 2);
  CHECK(down.assets.at("IMG_1.JPG").warnings.size() == 1);
  CHECK_FALSE(down.assets.at("IMG_1.JPG").taken);

  make_all_readable();
  scan();
  CHECK(down.assets.at("IMG_1.JPG").warnings.empty());
  CHECK(down.assets.at("IMG_1.JPG").taken);

  scan();
  CHECK(down.rows.writes == 0);
}

TEST_CASE_FIXTURE(Fixture, "a photo that cannot be read for a while stays what it was") {
  disk.write("beach.JPG", still("A"));
  disk.write("clip.MOV", film("A"));
  scan();
  const auto before = down.assets.at("beach.JPG");
  std::filesystem::permissions(disk / "beach.JPG", std::filesystem::perms::owner_all);

  make_unreadable("beach.JPG");
  scan();

  REQUIRE(down.assets.size() == 1);
  const auto& after = down.assets.at("beach.JPG");
  CHECK(after.kind == photo::Kind::live);
  CHECK(after.taken == before.taken);
  CHECK(after.renditions == before.renditions);
  CHECK(after.warnings.size() == before.warnings.size() + 1);
}

TEST_CASE_FIXTURE(Fixture, "a file that vanishes while it is looked for is no photo") {
  disk.write("IMG_1.JPG", still());
  watch->error.cause = Cause::not_found;
  watch->fate = [](Operation operation, const RelativePath&) {
    return operation == Operation::open ? Fate::fails : Fate::happens;
  };

  scan();

  CHECK(assets().empty());
}

TEST_CASE_FIXTURE(Fixture, "a photo without bytes to keep is waited for, and says why") {
  disk.write("empty.jpg", "");
  write_hole("placeholder.jpg", 100000);
  write_zeros("zeros.jpg", 100000);
  disk.write("good.jpg", still());

  scan();

  CHECK(unavailable("empty.jpg") == Cause::invalid);
  CHECK(unavailable("placeholder.jpg") == Cause::absent);
  CHECK(unavailable("zeros.jpg") == Cause::invalid);
  CHECK(unavailable("good.jpg") == std::nullopt);
}

TEST_CASE_FIXTURE(Fixture, "a photo whose bytes arrive is no longer waited for") {
  write_hole("IMG_1.JPG", 100000);
  scan();

  disk.write("IMG_1.JPG", still());
  scan();

  CHECK(unavailable("IMG_1.JPG") == std::nullopt);
  CHECK(down.assets.at("IMG_1.JPG").taken);
}

TEST_CASE_FIXTURE(Fixture, "symbolic links are not followed") {
  disk.write("IMG_1.JPG", still());
  std::filesystem::create_symlink("IMG_1.JPG", disk / "link.JPG");
  std::filesystem::create_directory_symlink(".", disk / "loop");

  scan();

  CHECK(assets() == Lines{"IMG_1.JPG = photo IMG_1.JPG original:IMG_1.JPG"});
  CHECK(down.ignored_paths == Lines{"link.JPG", "loop"});
}

TEST_CASE_FIXTURE(Fixture, "the first whole listing tells what a catalog made anew has too much") {
  disk.write("IMG_1.JPG", still());
  know_asset("old.JPG");

  scan();
  CHECK(down.reconciled == 1);
  CHECK(assets() == Lines{"IMG_1.JPG = photo IMG_1.JPG original:IMG_1.JPG"});

  scan();
  CHECK(down.reconciled == 0);
}

TEST_CASE_FIXTURE(Fixture, "a first listing passes over what it could not list, until it can") {
  std::filesystem::create_directory(disk / "b");
  know_asset("b/old.JPG");
  make_unlistable("b");

  scan();
  CHECK(down.assets.contains("b/old.JPG"));

  make_all_readable();
  scan();
  CHECK_FALSE(down.assets.contains("b/old.JPG"));
}

TEST_CASE_FIXTURE(Fixture, "a scan that is stopped ends as cancelled") {
  disk.write("IMG_1.JPG", still());
  const std::stop_source stop;
  stop.request_stop();

  const auto scanned = source->note_changes(down, stop.get_token());

  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().cause == Cause::cancelled);
}
