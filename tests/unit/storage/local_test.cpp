// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/local/local.h"

#include "os/folder.h"
#include "tests/support/temp_folder.h"
#include "tests/support/watched_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

using namespace keepsake;
using namespace keepsake::tests;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<storage::Storage> local(const TempFolder& folder) {
  return storage::make_local(os::open_folder(folder.path()).value());
}

unsigned permissions(const fs::path& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

}  // namespace

TEST_CASE("a file that is put is there whole, for its owner to read only") {
  const TempFolder folder;
  const auto storage = local(folder);

  REQUIRE(storage->put("index/one", bytes_of("some bytes")).has_value());

  CHECK(folder.read("index/one") == "some bytes");
  CHECK(permissions(folder / "index/one") == 0400);
  CHECK(permissions(folder / "index") == 0700);
  CHECK(std::distance(fs::directory_iterator(folder / "index"), fs::directory_iterator()) == 1);
}

TEST_CASE("where a group may read the config it may use what is new too") {
  const TempFolder folder;
  folder.write("config", "sealed");
  fs::permissions(folder / "config", fs::perms::owner_read | fs::perms::group_read);
  const auto storage = local(folder);

  REQUIRE(storage->put("index/one", bytes_of("some bytes")).has_value());

  CHECK(permissions(folder / "index/one") == 0440);
  CHECK(permissions(folder / "index") == 0770);
}

TEST_CASE("a name that is taken is never given away") {
  const TempFolder folder;
  const auto storage = local(folder);
  REQUIRE(storage->put("index/one", bytes_of("old")).has_value());

  CHECK(storage->put("index/one", bytes_of("new")).error().cause == Cause::conflict);

  CHECK(folder.read("index/one") == "old");
  CHECK(std::distance(fs::directory_iterator(folder / "index"), fs::directory_iterator()) == 1);
}

TEST_CASE("a draft has no name before it is published, and nothing remains of one that is not") {
  const TempFolder folder;
  const auto storage = local(folder);
  {
    const auto draft = storage->draft(ByteCount{0}).value();
    REQUIRE(draft->write(bytes_of("gone")).has_value());
  }
  CHECK(fs::is_empty(folder.path()));

  const auto draft = storage->draft(ByteCount{4 << 20}).value();
  REQUIRE(draft->write(bytes_of("kept and cut")).has_value());
  REQUIRE(draft->cut_back_to(ByteCount{4}).has_value());
  REQUIRE(draft->write(bytes_of("!")).has_value());
  REQUIRE(draft->publish("data/ab/abc").has_value());
  REQUIRE(storage->make_durable().has_value());

  CHECK(folder.read("data/ab/abc") == "kept!");
  CHECK(permissions(folder / "data/ab/abc") == 0400);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("each folder that was written to is synced once") {
  const TempFolder folder;
  const auto watch = std::make_shared<Watch>();
  const auto storage = storage::make_local(
      std::make_unique<WatchedFolder>(os::open_folder(folder.path()).value(), watch));
  for (const char* const name : {"data/ab/1", "data/ab/2", "data/cd/3"}) {
    const auto draft = storage->draft(ByteCount{0}).value();
    REQUIRE(draft->publish(name).has_value());
  }
  int writes = 0;
  watch->fate = [&](Operation operation, const RelativePath&) {
    writes += operation == Operation::write ? 1 : 0;
    return Fate::happens;
  };

  REQUIRE(storage->make_durable().has_value());
  REQUIRE(storage->make_durable().has_value());

  CHECK(writes == 2);
}

TEST_CASE("a missing folder is an empty one, and a missing file is not there") {
  const TempFolder folder;
  const auto storage = local(folder);

  CHECK(storage->list("index").value().empty());
  CHECK_FALSE(storage->size_of("index/one").value().has_value());
  CHECK(storage->open("index/one", storage::Reading::cached).error().cause == Cause::not_found);
  CHECK(storage->read_all("index/one", ByteCount{10}).error().cause == Cause::not_found);
  CHECK(storage->remove("index/one").has_value());
}

TEST_CASE("a storage that went away is absent, not empty") {
  auto folder = std::make_unique<TempFolder>();
  const auto storage = local(*folder);
  folder.reset();

  CHECK(storage->list("index").error().cause == Cause::absent);
  CHECK(storage->size_of("config").error().cause == Cause::absent);
}

TEST_CASE("only files are listed, by name, and none is read that is too large") {
  const TempFolder folder;
  folder.write("index/b", "22");
  folder.write("index/a", "1");
  folder.write("index/c/d", "333");
  const auto storage = local(folder);

  const auto files = storage->list("index").value();

  REQUIRE(files.size() == 2);
  CHECK(files[0].name == "a");
  CHECK(files[1].name == "b");
  CHECK(files[1].size == ByteCount{2});
  CHECK(storage->read_all("index/b", ByteCount{1}).error().cause == Cause::corrupt);
}
