// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/folder.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <fstream>
#include <memory>
#include <span>
#include <string>

using namespace keepsake;
using os::InFile;
using os::Reading;
using tests::TempFolder;

namespace {

constexpr Reading both_readings[] = {Reading::cached, Reading::from_disk};

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

struct Fixture {
  TempFolder disk;
  std::unique_ptr<os::Folder> folder = os::open_folder(disk.path()).value();

  [[nodiscard]] std::unique_ptr<InFile> open(Reading reading) const {
    return folder->open(RelativePath::known("file"), reading).value();
  }
};

std::string read_all(InFile& file, std::size_t piece) {
  std::string all;
  Bytes buffer(piece);
  while (const auto count = file.read(buffer).value())
    all += text_of(ByteView(buffer).first(count));
  return all;
}

std::string read_at(InFile& file, std::uint64_t position, std::size_t size) {
  Bytes buffer(size);
  const auto count = file.read_at(position, buffer).value();
  return std::string(text_of(ByteView(buffer).first(count)));
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a file reads the same from the cache and from the disk") {
  constexpr std::size_t window = std::size_t{1} << 20U;
  for (const std::size_t size : {std::size_t{0},
                                 std::size_t{1},
                                 std::size_t{4095},
                                 std::size_t{4096},
                                 window - 1,
                                 window,
                                 window + 1,
                                 3 * window}) {
    const auto bytes = pattern(size);
    disk.write("file", bytes);
    for (const Reading reading : both_readings)
      for (const std::size_t piece : {std::size_t{1000}, window}) {
        CAPTURE(size);
        CAPTURE(piece);
        const auto file = open(reading);
        CHECK(file->size() == ByteCount{size});
        CHECK(read_all(*file, piece) == bytes);
      }
  }
}

TEST_CASE_FIXTURE(Fixture, "a buffer that suits the disk is filled as any other") {
  constexpr std::size_t block = 4096;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, block, 3 * block, 3 * block + 1}) {
    CAPTURE(size);
    const auto bytes = pattern(size);
    disk.write("file", bytes);
    const auto file = open(Reading::from_disk);
    Bytes memory(6 * block);
    void* place = memory.data();
    std::size_t room = memory.size();
    REQUIRE(std::align(block, 4 * block, place, room) != nullptr);
    const std::span<std::byte> buffer(static_cast<std::byte*>(place), 4 * block);

    const auto count = file->read_at(0, buffer).value();

    CHECK(text_of(buffer.first(count)) == bytes);
  }
}

TEST_CASE_FIXTURE(Fixture, "any part of a file can be read, in any order") {
  const auto bytes = pattern(3'000'000);
  disk.write("file", bytes);
  const auto cached = open(Reading::cached);
  const auto from_disk = open(Reading::from_disk);
  CHECK(rc::check([&] {
    const auto position = *rc::gen::inRange<std::size_t>(0, bytes.size() + 10);
    const auto size = *rc::gen::inRange<std::size_t>(0, 10'000);

    const auto expected = bytes.substr(std::min(position, bytes.size()), size);

    RC_ASSERT(read_at(*cached, position, size) == expected);
    RC_ASSERT(read_at(*from_disk, position, size) == expected);
  }));
}

TEST_CASE_FIXTURE(Fixture, "reading at a place does not move where reading goes on") {
  disk.write("file", "0123456789");
  for (const Reading reading : both_readings) {
    const auto file = open(reading);
    Bytes three(3);

    REQUIRE(file->read(three));
    CHECK(read_at(*file, 8, 9) == "89");
    REQUIRE(file->read(three));

    CHECK(text_of(three) == "345");
  }
}

TEST_CASE_FIXTURE(Fixture, "a file that changes while it is open shows it") {
  disk.write("file", "12345");
  for (const Reading reading : both_readings) {
    const auto file = open(reading);
    const auto before = file->look().value();

    std::ofstream(disk / "file", std::ios::app) << "more";

    CHECK(before.name == "file");
    CHECK(file->look().value().size.value == before.size.value + 4);
    CHECK(file->size() == before.size);
  }
}
