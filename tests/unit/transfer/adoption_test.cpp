// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/adoption.h"

#include "tests/support/backed_up.h"
#include "tests/support/watched_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Counts = std::map<std::string, int>;

namespace {

/// A source far away, and a folder that another program downloaded from it into.
struct Adopting : BackedUp {
  TempFolder old;
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  Counts opened;  ///< how often each file of the folder was
  std::function<void(const std::string& path)> opening;
  std::vector<std::filesystem::path> unreadable;
  std::unique_ptr<transfer::Adoption> files;

  Adopting() {
    texts.far = true;
    watch->fate = [this](Operation operation, const RelativePath& path) {
      if (operation == Operation::open) ++opened[path.text()];
      if (operation == Operation::open && opening) opening(path.text());
      return operation == Operation::write ? Fate::fails : Fate::happens;
    };
  }

  /// The source promises the checksum of these bytes.
  void promise(const std::string& id, const std::string& text) {
    auto asset = photo_of(id, text);
    asset.renditions[0].apple_checksum = crypto::apple_checksum(bytes_of(text));
    add(asset, text);
  }

  void look() {
    std::vector<std::unique_ptr<os::Folder>> folders;
    folders.push_back(std::make_unique<WatchedFolder>(must(os::open_folder(old.path())), watch));
    files = must(transfer::Adoption::look(
        *catalog,
        std::move(folders),
        [this](const std::filesystem::path& folder, const Error&) { unreadable.push_back(folder); },
        stop.get_token()));
    adoption = files.get();
  }

  void run_adopting() {
    look();
    run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Adopting, "a file with the promised bytes spares a download, whatever its name") {
  promise("a.jpg", "bytes of a");
  promise("b.jpg", "quite other bytes");
  old.write("2019/trip/IMG-copy (1).dat", "bytes of a");

  run_adopting();

  CHECK(texts.opened() == Counts{{"b.jpg", 1}});
  for (const KeptTree* tree : {&disk_tree, &drive_tree}) {
    CHECK(tree->disk.read(kept("a.jpg")) == "bytes of a");
    CHECK(tree->disk.read(kept("b.jpg")) == "quite other bytes");
    check_sums(*tree);
  }
  CHECK(tally.renditions_fetched == 2);
  CHECK(tally.renditions_adopted == 1);
  CHECK(tally.bytes_adopted == ByteCount{10});
  CHECK(must(files->files_left()) == 0);
  CHECK(account("a.jpg").files[0].current()->apple_checksum ==
        crypto::apple_checksum(bytes_of("bytes of a")));
}

TEST_CASE_FIXTURE(Adopting, "only files as large as what is wanted are read, to look each once") {
  promise("a.jpg", "bytes of a");
  promise("b.jpg", "bytes of b");
  old.write("1", "bytes of x");
  old.write("2", "bytes of y");
  old.write("longer", "bytes of a and more");
  old.write("empty", "");

  run_adopting();

  CHECK(opened == Counts{{"1", 1}, {"2", 1}});
  CHECK(texts.opened() == Counts{{"a.jpg", 1}, {"b.jpg", 1}});
  CHECK(tally.renditions_adopted == 0);
  CHECK(must(files->files_left()) == 4);
}

TEST_CASE_FIXTURE(Adopting, "a file that changed after it was looked at is downloaded after all") {
  promise("a.jpg", "bytes of a");
  old.write("a", "bytes of a");
  opening = [this](const std::string& path) {
    if (opened[path] == 2) old.write(path, "bytes of z");
  };

  run_adopting();

  CHECK(opened == Counts{{"a", 2}});
  CHECK(texts.opened() == Counts{{"a.jpg", 1}});
  CHECK(disk_tree.disk.read(kept("a.jpg")) == "bytes of a");
  CHECK(disk_tree.files("Photos").size() == 1);
  CHECK(tally.renditions_fetched == 1);
  CHECK(tally.renditions_adopted == 0);
  check_sums(disk_tree);
}

TEST_CASE_FIXTURE(Adopting, "a file that is gone or cannot be read is downloaded") {
  promise("a.jpg", "bytes of a");
  promise("b.jpg", "bytes of the other");
  old.write("a", "bytes of a");
  old.write("b", "bytes of the other");
  opening = [this](const std::string& path) {
    if (path == "a" || opened[path] == 2) std::filesystem::remove(old / path);
  };

  run_adopting();

  CHECK(texts.opened() == Counts{{"a.jpg", 1}, {"b.jpg", 1}});
  CHECK(holds("a.jpg", disk));
  CHECK(holds("b.jpg", drive));
}

TEST_CASE_FIXTURE(Adopting, "photos with the same bytes are all taken from one file") {
  promise("a.jpg", "bytes of a");
  promise("b.jpg", "bytes of a");
  old.write("x", "bytes of a");
  old.write("y", "bytes of a");

  run_adopting();

  CHECK(texts.opened().empty());
  CHECK(tally.renditions_adopted == 2);
  CHECK(must(files->files_left()) == 1);
}

TEST_CASE_FIXTURE(Adopting, "what is there now is not looked for again") {
  promise("a.jpg", "bytes of a");
  old.write("x", "bytes of a");
  run_adopting();
  opened.clear();

  run_adopting();

  CHECK(opened.empty());
  CHECK(tally.renditions_adopted == 0);
}

TEST_CASE_FIXTURE(Adopting, "without a promised checksum nothing is adopted") {
  add("a.jpg", "bytes of a");
  old.write("x", "bytes of a");

  run_adopting();

  CHECK(opened.empty());
  CHECK(texts.opened() == Counts{{"a.jpg", 1}});
}

TEST_CASE_FIXTURE(Adopting, "what lies at hand at its source is read there") {
  texts.far = false;
  promise("a.jpg", "bytes of a");
  old.write("x", "bytes of a");

  run_adopting();

  CHECK(opened.empty());
  CHECK(texts.opened() == Counts{{"a.jpg", 1}});
}

TEST_CASE_FIXTURE(Adopting, "symbolic links are not followed") {
  const TempFolder beside;
  beside.write("a", "bytes of a");
  promise("a.jpg", "bytes of a");
  std::filesystem::create_symlink(beside / "a", old / "a");
  std::filesystem::create_directory_symlink(beside.path(), old / "folder");

  run_adopting();

  CHECK(opened.empty());
  CHECK(must(files->files_left()) == 0);
}

TEST_CASE_FIXTURE(Adopting, "a folder that cannot be looked at is told, and the others are taken") {
  promise("a.jpg", "bytes of a");
  old.write("closed/b", "bytes of a");
  old.write("open/a", "bytes of a");
  auto fate = watch->fate;
  watch->fate = [fate](Operation operation, const RelativePath& path) {
    if (operation == Operation::list && path.text() == "closed") return Fate::fails;
    return fate(operation, path);
  };

  run_adopting();

  CHECK(unreadable == std::vector{old / "closed"});
  CHECK(texts.opened().empty());
}
