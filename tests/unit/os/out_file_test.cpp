// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time.h"
#include "os/folder.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

using namespace keepsake;
using os::OutFile;
using tests::TempFolder;

namespace {

namespace fs = std::filesystem;

RelativePath at(std::string_view path) { return RelativePath::known(path); }

struct Fixture {
  TempFolder disk;
  std::unique_ptr<os::Folder> folder = os::open_folder(disk.path()).value();

  [[nodiscard]] std::unique_ptr<OutFile> create(std::string_view name,
                                                std::uint64_t size = 0) const {
    return folder->create(at(name), ByteCount{size}).value();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "bytes arrive as they were written, whatever size was foretold") {
  constexpr std::uint64_t mebibyte = 1024 * 1024;
  for (const std::uint64_t foretold :
       {std::uint64_t{0}, std::uint64_t{5}, mebibyte, 8 * mebibyte}) {
    CAPTURE(foretold);
    const auto file = create("file", foretold);
    const std::string piece(mebibyte, 'x');
    REQUIRE(file->write(bytes_of(piece)));
    REQUIRE(file->write(bytes_of("the end")));
    REQUIRE(file->finish(std::nullopt));

    CHECK(disk.read("file") == piece + "the end");
    const auto entry = folder->look(at("file")).value();
    CHECK(entry->allocated.value < 2 * mebibyte);
    REQUIRE(folder->remove(at("file")));
  }
}

TEST_CASE_FIXTURE(Fixture, "a file cut short never ends in zeros") {
  {
    const auto file = create("file", 10'000'000);
    REQUIRE(file->write(bytes_of("begun")));
  }

  CHECK(disk.read("file") == "begun");
}

TEST_CASE_FIXTURE(Fixture, "a file gets its time, before 1970 too") {
  for (const char* text : {"2024-05-01T12:00:00.123Z",
                           "1970-01-01T00:00:00Z",
                           "1969-12-31T23:59:59.999Z",
                           "1902-01-01T00:00:00Z"}) {
    CAPTURE(text);
    const auto modified = parse_instant(text).value();
    REQUIRE(create("file")->finish(modified));

    const auto entry = folder->look(at("file")).value();

    CHECK(entry->modified_ns == std::chrono::nanoseconds(modified.time_since_epoch()).count());
    REQUIRE(folder->remove(at("file")));
  }
}

TEST_CASE_FIXTURE(Fixture, "a time that the file system cannot hold does not lose the file") {
  const auto file = create("file");
  REQUIRE(file->write(bytes_of("bytes")));

  CHECK(file->finish(parse_instant("9999-12-31T23:59:59Z").value()));

  CHECK(disk.read("file") == "bytes");
}

TEST_CASE_FIXTURE(Fixture, "a new file has the permissions that the owner's umask leaves") {
  const auto umask_before = umask(027);
  REQUIRE(create("file")->finish(std::nullopt));
  umask(umask_before);

  CHECK(fs::status(disk / "file").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read));
}

TEST_CASE_FIXTURE(Fixture, "more than the drive has is refused before a byte is written") {
  const auto free = folder->free_space().value();

  const auto refused = folder->create(at("file"), ByteCount{free.value * 4});

  REQUIRE_FALSE(refused);
  CHECK((refused.error().cause == Cause::full || refused.error().cause == Cause::unsupported));
  CHECK(refused.error().where == (disk / "file").string());
  CHECK_FALSE(disk.has("file"));
}
