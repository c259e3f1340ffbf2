// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time.h"
#include "os/file.h"
#include "os/folder.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <rapidcheck.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

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

  /// A file written past the page cache with buffers of that kind.
  [[nodiscard]] std::unique_ptr<OutFile> create_direct(const char* name,
                                                       std::shared_ptr<os::BufferPool> pool) const {
    os::Descriptor file(open((disk / name).c_str(), O_RDWR | O_CREAT | O_TRUNC, 0666));
    REQUIRE(file.is_open());
    return os::writing(std::move(file), ByteCount{0}, std::move(pool), disk / name);
  }
};

/// Bytes that are the same at the same place of every text, and differ from their neighbours.
std::string pattern(std::size_t from, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>((from + i) * 31 + (from + i) / 251);
  return text;
}

/// How many pages of a file lie in memory.
std::size_t pages_in_cache(const fs::path& path) {
  constexpr std::size_t page = 4096;
  const os::Descriptor file(open(path.c_str(), O_RDONLY));
  const auto size = fs::file_size(path);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  REQUIRE(mapped != MAP_FAILED);
  std::vector<unsigned char> resident((size + page - 1) / page);
  const int asked = mincore(mapped, size, resident.data());
  munmap(mapped, size);
  REQUIRE(asked == 0);
  return static_cast<std::size_t>(
      std::ranges::count_if(resident, [](unsigned char flags) { return (flags & 1U) != 0; }));
}

/// One thing done to a file: `size` bytes are added, or it is cut to that many thousandths.
struct Act {
  bool adds = true;
  std::size_t size = 0;
};

std::ostream& operator<<(std::ostream& out, const Act& act) {
  return out << (act.adds ? "+" : "cut to ") << act.size;
}

rc::Gen<std::vector<Act>> acts(std::size_t most_bytes) {
  // Sizes about the blocks' and the buffers' own, where mistakes live.
  const auto near = rc::gen::map(
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, 5), rc::gen::inRange<std::size_t>(0, 3)),
      [=](const auto& pair) { return pair.first * (most_bytes / 4) + pair.second; });
  const auto added =
      rc::gen::map(rc::gen::oneOf(near, rc::gen::inRange<std::size_t>(0, most_bytes + 1)),
                   [](std::size_t size) { return Act{true, size}; });
  const auto cut = rc::gen::map(rc::gen::inRange<std::size_t>(0, 1001),
                                [](std::size_t size) { return Act{false, size}; });
  return rc::gen::container<std::vector<Act>>(rc::gen::oneOf(added, added, cut));
}

/// A failure says why.
void succeed(const Result<>& done) {
  if (!done) RC_FAIL(done.error().message());
}

/// Does it all to the file and to a text in memory, and returns the text.
std::string act_on(OutFile& file, const std::vector<Act>& all) {
  std::string expected;
  std::size_t seed = 0;
  for (const Act& act : all) {
    if (act.adds) {
      const auto piece = pattern(seed += 7919, act.size);
      succeed(file.write(bytes_of(piece)));
      expected += piece;
    } else {
      expected.resize(expected.size() * act.size / 1000);
      succeed(file.cut_back_to(ByteCount{expected.size()}));
    }
  }
  succeed(file.finish(std::nullopt));
  return expected;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "bytes arrive as they were written, whatever size was foretold") {
  constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
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

  CHECK(std::string("begun").starts_with(disk.read("file")));
}

TEST_CASE_FIXTURE(Fixture, "a file is what was written less what was taken back") {
  CHECK(rc::check("through the page cache", [&] {
    const auto file = create_direct("cached", nullptr);
    const auto expected = act_on(*file, *acts(20'000));
    RC_ASSERT(disk.read("cached") == expected);
  }));
  CHECK(rc::check("past the page cache", [&] {
    const auto pool = std::make_shared<os::BufferPool>(4096, 16'384);
    const auto file = create_direct("direct", pool);
    const auto expected = act_on(*file, *acts(20'000));
    RC_ASSERT(disk.read("direct") == expected);
  }));
  CHECK(rc::check("where the file system refuses to go past it only when it writes", [&] {
    const auto pool = std::make_shared<os::BufferPool>(64, 1'024);  // blocks that no drive has
    const auto file = create_direct("refused", pool);
    const auto expected = act_on(*file, *acts(1'500));
    RC_ASSERT(disk.read("refused") == expected);
  }));
}

TEST_CASE_FIXTURE(Fixture, "a large file that was cut back goes on where it was cut") {
  const auto file = create("file", std::uint64_t{8} << 20U);
  const auto first = pattern(0, 3'500'000);
  REQUIRE(file->write(bytes_of(first)));
  REQUIRE(file->cut_back_to(ByteCount{2'000'001}));
  REQUIRE(file->write(bytes_of("and on")));

  REQUIRE(file->finish(std::nullopt));

  CHECK(disk.read("file") == first.substr(0, 2'000'001) + "and on");
  CHECK(folder->look(at("file")).value()->allocated.value < 2'100'000);
}

TEST_CASE_FIXTURE(Fixture, "files written at the same time do not share a buffer") {
  const auto one = create("one", 2'000'000);
  const auto other = create("other", 2'000'000);
  const auto first = pattern(0, 1'500'000);
  const auto second = pattern(77, 1'500'000);
  for (std::size_t i = 0; i < first.size(); i += 100'000) {
    REQUIRE(one->write(bytes_of(first).subspan(i, 100'000)));
    REQUIRE(other->write(bytes_of(second).subspan(i, 100'000)));
  }

  REQUIRE(one->finish(std::nullopt));
  REQUIRE(other->finish(std::nullopt));

  CHECK(disk.read("one") == first);
  CHECK(disk.read("other") == second);
}

TEST_CASE_FIXTURE(Fixture, "a file goes on when the folder it was made in is closed") {
  const auto file = create("file", 2'000'000);
  folder.reset();
  const auto bytes = pattern(0, 1'999'999);

  REQUIRE(file->write(bytes_of(bytes)));
  REQUIRE(file->finish(std::nullopt));

  CHECK(disk.read("file") == bytes);
}

TEST_CASE_FIXTURE(Fixture, "a large file leaves the page cache to its owner") {
  struct statfs system{};
  REQUIRE(statfs(disk.path().c_str(), &system) == 0);
  if (system.f_type == TMPFS_MAGIC) {
    MESSAGE("skipped: the folder for temporary files lies in memory");
    return;
  }
  const auto file = create("file", 4'000'000);
  REQUIRE(file->write(bytes_of(pattern(0, 4'000'000))));
  REQUIRE(file->finish(std::nullopt));

  CHECK(pages_in_cache(disk / "file") < 10);
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

  const Instant late = parse_instant("9999-12-31T23:59:59Z").value();
  CHECK(file->finish(late));

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
  const auto free = folder->free_space().value().value();

  const auto refused = folder->create(at("file"), ByteCount{free.value * 4});

  REQUIRE_FALSE(refused);
  CHECK((refused.error().cause == Cause::full || refused.error().cause == Cause::unsupported));
  CHECK(refused.error().where == (disk / "file").string());
  CHECK_FALSE(disk.has("file"));
}
