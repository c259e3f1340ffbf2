// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/folder.h"

#include "tests/support/temp_folder.h"
#include "tests/support/without_root.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

using namespace keepsake;
using os::Entry;
using os::Existing;
using os::Reading;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

RelativePath at(std::string_view path) { return RelativePath::known(path); }

template <class T>
Cause cause_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().cause;
}

struct Fixture {
  TempFolder disk;
  std::unique_ptr<os::Folder> folder = os::open_folder(disk.path()).value();

  void make_socket(std::string_view name) const {
    REQUIRE(mknod((disk / name).c_str(), S_IFSOCK | 0600, 0) == 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "looking tells files, folders, links and the rest apart") {
  disk.write("file", "12345");
  fs::create_directory(disk / "folder");
  fs::create_symlink("nowhere", disk / "link");
  REQUIRE(mkfifo((disk / "pipe").c_str(), 0600) == 0);

  CHECK(folder->look(at("file")).value()->type == Entry::Type::file);
  CHECK(folder->look(at("file")).value()->size == ByteCount{5});
  CHECK(folder->look(at("folder")).value()->type == Entry::Type::folder);
  CHECK(folder->look(at("link")).value()->type == Entry::Type::link);
  CHECK(folder->look(at("pipe")).value()->type == Entry::Type::other);
  CHECK(folder->look(RelativePath()).value()->type == Entry::Type::folder);
}

TEST_CASE_FIXTURE(Fixture, "what is not there is nothing; what cannot be told is an error") {
  disk.write("file", "");

  CHECK(folder->look(at("missing")).value() == std::nullopt);
  CHECK(folder->look(at("missing/file")).value() == std::nullopt);
  CHECK(cause_of(folder->look(at("file/file"))) == Cause::invalid);
  CHECK(cause_of(folder->look(at(std::string(300, 'x')))) == Cause::invalid);
}

TEST_CASE("a folder that went away is absent, not empty") {
  const TempFolder disk;
  fs::create_directory(disk / "drive");
  const auto folder = os::open_folder(disk / "drive").value();

  fs::remove(disk / "drive");

  CHECK(cause_of(folder->look(at("photo"))) == Cause::absent);
  CHECK(cause_of(folder->open(at("photo"), Reading::cached)) == Cause::absent);
  CHECK(cause_of(folder->create(at("photo"), ByteCount{0})) == Cause::absent);
  CHECK(cause_of(folder->remove(at("photo"))) == Cause::absent);
}

TEST_CASE_FIXTURE(Fixture, "only regular files are read, and nothing else holds us up") {
  fs::create_directory(disk / "folder");
  disk.write("file", "");
  fs::create_symlink("file", disk / "link");
  REQUIRE(mkfifo((disk / "pipe").c_str(), 0600) == 0);
  make_socket("socket");

  for (const char* name : {"folder", "link", "pipe", "socket"}) {
    CAPTURE(name);
    CHECK(cause_of(folder->open(at(name), Reading::cached)) == Cause::invalid);
    CHECK(cause_of(folder->read_all(at(name), ByteCount{9})) == Cause::invalid);
    CHECK(cause_of(folder->append(at(name), bytes_of("x"))) == Cause::invalid);
  }
  CHECK(cause_of(folder->open(at("missing"), Reading::cached)) == Cause::not_found);
}

TEST_CASE_FIXTURE(Fixture, "a small file is read whole, a larger one than expected is refused") {
  disk.write("file", "12345");

  CHECK(text_of(folder->read_all(at("file"), ByteCount{5}).value()) == "12345");
  CHECK(cause_of(folder->read_all(at("file"), ByteCount{4})) == Cause::invalid);
}

TEST_CASE_FIXTURE(Fixture, "a new file never takes a name that is taken, not even by a link") {
  disk.write("file", "old");
  fs::create_symlink("nowhere", disk / "link");

  CHECK(cause_of(folder->create(at("file"), ByteCount{0})) == Cause::conflict);
  CHECK(cause_of(folder->create(at("link"), ByteCount{0})) == Cause::conflict);

  CHECK(disk.read("file") == "old");
  CHECK_FALSE(disk.has("nowhere"));
}

TEST_CASE_FIXTURE(Fixture, "renaming replaces only when it is asked to") {
  disk.write("new", "new");
  disk.write("old", "old");

  CHECK(cause_of(folder->rename(at("new"), at("old"), Existing::keep)) == Cause::conflict);
  CHECK(disk.read("old") == "old");
  CHECK(cause_of(folder->rename(at("missing"), at("x"), Existing::keep)) == Cause::not_found);
  CHECK(folder->rename(at("new"), at("free"), Existing::keep));
  CHECK(folder->rename(at("free"), at("old"), Existing::replace));

  CHECK(disk.read("old") == "new");
  CHECK_FALSE(disk.has("free"));
}

TEST_CASE_FIXTURE(Fixture, "a second name is the same file") {
  disk.write("a", "bytes");

  REQUIRE(folder->link(at("a"), at("b")));

  CHECK(folder->look(at("b")).value()->inode == folder->look(at("a")).value()->inode);
  CHECK(folder->look(at("a")).value()->links == 2);
  CHECK(cause_of(folder->link(at("a"), at("b"))) == Cause::conflict);
  CHECK(cause_of(folder->link(at("missing"), at("c"))) == Cause::not_found);
}

TEST_CASE_FIXTURE(Fixture, "a clone has the same bytes, or nothing is left of it") {
  disk.write("a", std::string(10'000, 'x'));

  auto copy = folder->clone(at("a"), at("b"));

  if (copy) {
    REQUIRE(copy.value()->finish(std::nullopt));
    CHECK(disk.read("b") == disk.read("a"));
  } else {
    CHECK(copy.error().cause == Cause::unsupported);
    CHECK_FALSE(disk.has("b"));
  }
}

TEST_CASE_FIXTURE(Fixture, "a link keeps its target as it was written") {
  disk.write("file", "");

  REQUIRE(folder->symlink("../some where/\xff", at("link")));

  CHECK(folder->read_link(at("link")).value() == "../some where/\xff");
  CHECK(cause_of(folder->symlink("x", at("link"))) == Cause::conflict);
  CHECK(cause_of(folder->read_link(at("file"))) == Cause::invalid);
  CHECK(cause_of(folder->read_link(at("missing"))) == Cause::not_found);
}

TEST_CASE_FIXTURE(Fixture,
                  "folders are made with those above them, and making them again is fine") {
  disk.write("file", "");

  REQUIRE(folder->make_folders(at("2024/2024-05/x")));

  CHECK(folder->make_folders(at("2024/2024-05/x")));
  CHECK(folder->make_folders(at("2024/2024-06")));
  CHECK(folder->make_folders(RelativePath()));
  CHECK(fs::is_directory(disk / "2024/2024-05/x"));
  CHECK(cause_of(folder->make_folders(at("file/x"))) == Cause::invalid);
  CHECK(cause_of(folder->make_folders(at("file"))) == Cause::invalid);
}

TEST_CASE_FIXTURE(Fixture, "files, links and empty folders are removed, and nothing else") {
  disk.write("file", "");
  disk.write("full/file", "");
  fs::create_directory(disk / "empty");
  fs::create_directory_symlink("full", disk / "link");

  for (const char* name : {"file", "empty", "link", "missing", "missing/file"}) {
    CAPTURE(name);
    CHECK(folder->remove(at(name)));
    CHECK_FALSE(disk.has(name));
  }
  CHECK(cause_of(folder->remove(at("full"))) == Cause::conflict);
  CHECK(disk.has("full/file"));
}

TEST_CASE_FIXTURE(Fixture, "what is added comes after what was there") {
  REQUIRE(folder->append(at("journal"), bytes_of("one\n")));
  REQUIRE(folder->append(at("journal"), bytes_of("two\n")));

  CHECK(disk.read("journal") == "one\ntwo\n");
  CHECK(folder->sync(RelativePath()));
}

TEST_CASE_FIXTURE(Fixture, "what is not permitted is denied, and never taken for missing") {
  disk.write("closed/file", "");
  disk.write("open/file", "");
  fs::permissions(disk / "closed", fs::perms(0));
  fs::permissions(disk / "open", fs::perms(0555));
  fs::permissions(disk / "open/file", fs::perms(0));
  {
    const tests::WithoutRoot as_anyone;
    CHECK(cause_of(folder->look(at("closed/file"))) == Cause::denied);
    CHECK(cause_of(folder->list(at("closed"))) == Cause::denied);
    CHECK(cause_of(folder->open(at("open/file"), Reading::cached)) == Cause::denied);
    CHECK(cause_of(folder->create(at("open/new"), ByteCount{0})) == Cause::denied);
    CHECK(cause_of(folder->append(at("open/new"), bytes_of("x"))) == Cause::denied);
    CHECK(cause_of(folder->make_folders(at("open/new"))) == Cause::denied);
    CHECK(cause_of(folder->remove(at("open/file"))) == Cause::denied);
    CHECK(cause_of(os::open_folder(disk / "closed")) == Cause::denied);
  }
  fs::permissions(disk / "closed", fs::perms(0755));
  fs::permissions(disk / "open", fs::perms(0755));
}

TEST_CASE_FIXTURE(Fixture, "a folder knows how much room is left") {
  CHECK(folder->free_space().value().value() > ByteCount{0});
}

TEST_CASE("only a folder that is there is opened") {
  const TempFolder disk;
  disk.write("file", "");
  fs::create_directory(disk / "folder");
  fs::create_directory_symlink("folder", disk / "link");

  CHECK(cause_of(os::open_folder(disk / "missing")) == Cause::absent);
  CHECK(cause_of(os::open_folder(disk / "file")) == Cause::invalid);
  CHECK(os::open_folder(disk / "link"));
}

TEST_CASE("only the last part of a path is made") {
  const TempFolder disk;

  CHECK(cause_of(os::make_folder(disk / "missing/backup")) == Cause::absent);
  CHECK(os::make_folder(disk / "backup/"));
  CHECK(os::make_folder(disk / "backup"));

  CHECK(fs::is_directory(disk / "backup"));
  CHECK_FALSE(disk.has("missing"));
}

TEST_CASE_FIXTURE(Fixture, "a path is resolved as far as it exists") {
  fs::create_directory(disk / "real");
  fs::create_directory_symlink("real", disk / "link");
  const auto here = fs::canonical(disk.path());

  CHECK(os::resolved(disk / "link/missing/x") == here / "real/missing/x");
  CHECK(os::resolved(disk / "real/../link") == here / "real");
  CHECK(os::resolved("missing").is_absolute());
}
