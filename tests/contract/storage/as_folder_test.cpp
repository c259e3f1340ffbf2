// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/as_folder.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/path.h"
#include "tests/contract/storage/storages.h"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using os::Existing;

namespace {

const RelativePath journal = RelativePath::known(".keepsake/journal");

/// Runs a promise over every storage that can be a folder.
template <class Promise>
void for_each_folder(Promise promise) {
  for (const StorageKind& kind : storages()) {
    if (kind.holds != StorageKind::Holds::anything) continue;
    CAPTURE(kind.name);
    const auto ground = kind.prepare();
    const auto folder = [&] { return storage::as_folder(ground->open(), journal, "the test"); };
    promise(folder, *ground);
  }
}

void write(os::Folder& folder, const RelativePath& file, std::string_view text) {
  const auto out = folder.create(file, ByteCount{text.size()}).value();
  REQUIRE(out->write(bytes_of(text)));
  REQUIRE(out->finish(std::nullopt));
}

std::string text_in(os::Folder& folder, const RelativePath& file) {
  const auto opened = folder.open(file, os::Reading::cached).value();
  Bytes bytes(1000);
  bytes.resize(opened->read(bytes).value());
  return std::string(text_of(bytes));
}

}  // namespace

TEST_CASE("a file is written aside, gets its name, and is read in small steps and large ones") {
  for_each_folder([](const auto& open, const Ground& ground) {
    const auto folder = open();
    std::string text;
    for (int i = 0; text.size() < (std::size_t{9} << 20U); ++i) text += std::to_string(i) + ' ';
    const auto work = RelativePath::known(".keepsake/tmp/0");
    const auto photo = RelativePath::known("Photos/2024/2024-05/IMG_1.HEIC");

    write(*folder, work, text);
    REQUIRE(folder->rename(work, photo, Existing::keep));

    CHECK(!folder->look(work).value());
    CHECK(folder->look(photo).value()->size == ByteCount{text.size()});
    CHECK(folder->list(photo.folder()).value().at(0).name == "IMG_1.HEIC");
    const auto file = folder->open(photo, os::Reading::from_disk).value();
    std::array<std::byte, 1000> step{};
    std::string read;
    while (const auto count = file->read(step).value())
      read += text_of(std::span(step).first(count));
    CHECK(read == text);
    Bytes whole(text.size());
    CHECK(file->read_at(0, whole).value() == text.size());
    CHECK(text_of(whole) == text);
    CHECK(file->read_at(text.size(), step).value() == 0);
    CHECK(ground.files() == 1);
  });
}

TEST_CASE("the file that grows is one, however many pieces it has") {
  for_each_folder([](const auto& open, const Ground& ground) {
    const auto work = RelativePath::known(".keepsake/journal.new");
    {
      const auto folder = open();
      CHECK(!folder->look(journal).value());
      CHECK(folder->open(journal, os::Reading::cached).error().cause == Cause::not_found);
      REQUIRE(folder->append(journal, bytes_of("one ")));
      REQUIRE(folder->append(journal, bytes_of("two ")));
    }
    const auto folder = open();
    REQUIRE(folder->append(journal, bytes_of("three")));

    CHECK(text_in(*folder, journal) == "one two three");
    write(*folder, work, "anew ");
    REQUIRE(folder->rename(work, journal, Existing::replace));
    REQUIRE(folder->append(journal, bytes_of("four")));
    CHECK(text_in(*folder, journal) == "anew four");
    REQUIRE(folder->remove(journal));
    CHECK(!folder->look(journal).value());
    CHECK(ground.files() == 0);
  });
}

TEST_CASE("what a server does not have is said to be unsupported") {
  for_each_folder([](const auto& open, const Ground&) {
    const auto folder = open();
    const auto file = RelativePath::known("a");
    write(*folder, file, "text");

    CHECK(folder->symlink("a", RelativePath::known("b")).error().cause == Cause::unsupported);
    CHECK(folder->link(file, RelativePath::known("b")).error().cause == Cause::unsupported);
    CHECK(folder->clone(file, RelativePath::known("b")).error().cause == Cause::unsupported);
    CHECK(folder->append(file, bytes_of("more")).error().cause == Cause::unsupported);
  });
}
