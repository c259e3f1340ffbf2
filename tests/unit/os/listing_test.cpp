// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/folder.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace keepsake;
using os::Entry;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

void walk(os::Folder& root, const RelativePath& folder, std::vector<std::string>& files) {
  const auto entries = root.list(folder).value();
  for (const Entry& entry : entries) {
    const auto path = folder / entry.name;
    if (entry.type == Entry::Type::folder)
      walk(root, path, files);
    else
      files.push_back(path.text());
  }
}

/// Names around '/' in the order of bytes ('.' before, '0' after), and one above ASCII.
rc::Gen<std::string> names() {
  return rc::gen::nonEmpty(rc::gen::resize(
      3, rc::gen::container<std::string>(rc::gen::element('a', 'b', '-', '0', '\xc3'))));
}

bool folds_case(const TempFolder& folder) {
  return os::open_folder(folder.path()).value()->is_case_insensitive().value();
}

}  // namespace

TEST_CASE("walking depth first yields whole paths in the order of their bytes") {
  CHECK(rc::check([] {
    const TempFolder disk;
    const auto paths = *rc::gen::container<std::vector<std::vector<std::string>>>(rc::gen::resize(
        3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(names()))));
    for (const auto& parts : paths) {
      fs::path path = disk.path();
      for (const auto& part : parts) path /= part;
      std::error_code taken;
      fs::create_directories(path.parent_path(), taken);
      if (!taken && !fs::exists(path)) disk.write(fs::relative(path, disk.path()).string(), "");
    }

    std::vector<std::string> files;
    const auto root = os::open_folder(disk.path()).value();
    walk(*root, RelativePath(), files);

    RC_ASSERT(std::is_sorted(files.begin(), files.end()));
    const auto found =
        std::count_if(fs::recursive_directory_iterator(disk.path()),
                      fs::recursive_directory_iterator(),
                      [](const fs::directory_entry& entry) { return entry.is_regular_file(); });
    RC_ASSERT(static_cast<std::size_t>(found) == files.size());
  }));
}

TEST_CASE("a folder's place in the list is that of the paths below it") {
  const TempFolder disk;
  disk.write("a/x", "");
  disk.write("a.txt", "");
  disk.write("a0", "");
  fs::create_directory_symlink("a", disk / "a-link");

  std::vector<std::string> names;
  const auto entries = os::open_folder(disk.path()).value()->list(RelativePath()).value();
  names.reserve(entries.size());
  for (const auto& entry : entries) names.push_back(entry.name);

  CHECK(names == std::vector<std::string>{"a-link", "a.txt", "a", "a0"});
}

TEST_CASE("an entry tells what a later look must find unchanged") {
  const TempFolder disk;
  disk.write("file", "12345");
  const auto folder = os::open_folder(disk.path()).value();

  const auto entry = folder->list(RelativePath()).value().at(0);
  const auto look = folder->look(RelativePath::known("file")).value();

  CHECK(entry.name == "file");
  CHECK(entry.type == Entry::Type::file);
  CHECK(entry.size == ByteCount{5});
  CHECK(entry.modified_ns == look->modified_ns);
  CHECK(entry.changed_ns == look->changed_ns);
  CHECK(entry.inode == look->inode);
  CHECK(entry.device == look->device);
  CHECK(entry.allocated == look->allocated);
}

TEST_CASE("a list of what is no folder, or not there, is an error") {
  const TempFolder disk;
  disk.write("file", "");
  const auto folder = os::open_folder(disk.path()).value();

  CHECK(folder->list(RelativePath::known("file")).error().cause == Cause::invalid);
  CHECK(folder->list(RelativePath::known("missing")).error().cause == Cause::not_found);
}

TEST_CASE("a file system that tells cases apart is recognised without writing to it") {
  const TempFolder probe;
  probe.write("lower", "");
  if (probe.has("LOWER")) return;  // these promises need one that does

  const TempFolder empty;
  const TempFolder no_letters;
  no_letters.write("123", "");
  const TempFolder both_cases;
  both_cases.write("photo", "1");
  both_cases.write("PHOTO", "2");

  CHECK_FALSE(folds_case(probe));
  CHECK_FALSE(folds_case(empty));
  CHECK_FALSE(folds_case(no_letters));
  CHECK_FALSE(folds_case(both_cases));
  CHECK(fs::is_empty(empty.path()));
}

TEST_CASE("where the other case finds the same file, cases are folded") {
  const TempFolder disk;
  disk.write("photo", "");
  fs::create_hard_link(disk / "photo", disk / "PHOTO");  // what exFAT would answer

  CHECK(folds_case(disk));
}
