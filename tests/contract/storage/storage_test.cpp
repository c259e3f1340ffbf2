// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/storage.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/time.h"
#include "tests/contract/storage/promises.h"
#include "tests/contract/storage/storages.h"
#include "tests/support/soak.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using storage::Reading;

namespace {

/// Runs a promise over every storage that holds at least this, each on fresh ground.
template <class Promise>
void for_each_storage(Promise promise,
                      StorageKind::Holds holds = StorageKind::Holds::repositories) {
  for (const StorageKind& kind : storages()) {
    if (kind.holds < holds) continue;
    CAPTURE(kind.name);
    Promises::all().ask(kind.name);
    if (kind.breaks.contains(Promises::all().promise())) {
      Promises::all().broken();
      fmt::print("SKIPPED: {}, because what it is run with here cannot keep this promise\n",
                 kind.name);
      continue;
    }
    const auto ground = kind.prepare();
    const auto storage = ground->open();
    promise(*storage, *ground);
  }
}

/// Bytes of which no two runs of a block are alike.
Bytes noise(std::size_t count) {
  Bytes bytes(count);
  std::uint64_t state = 0x9e3779b97f4a7c15;
  for (std::byte& byte : bytes) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    byte = static_cast<std::byte>(state);
  }
  return bytes;
}

std::vector<std::string> names(const std::vector<storage::Listed>& files) {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const auto& file : files) names.push_back(file.name);
  return names;
}

}  // namespace

REGISTER_LISTENER("promises", 1, PromiseListener);

TEST_CASE("what was put is there, whole and under its name alone") {
  for_each_storage([](storage::Storage& storage, const Ground& ground) {
    const auto bytes = noise(3000);

    REQUIRE(storage.put("index/one", bytes));

    CHECK(storage.read_all("index/one", ByteCount{3000}).value() == bytes);
    CHECK(storage.size_of("index/one").value() == ByteCount{3000});
    CHECK(names(storage.list("index").value()) == std::vector<std::string>{"one"});
    CHECK(ground.files() == 1);
  });
}

TEST_CASE("an empty file is a file") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    REQUIRE(storage.put("locks/empty", {}));

    CHECK(storage.size_of("locks/empty").value() == ByteCount{0});
    CHECK(storage.read_all("locks/empty", ByteCount{10}).value().empty());
  });
}

TEST_CASE("a large file arrives as it was, read at once and in pieces") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    const auto bytes = noise((std::size_t{40} << 20U) + 12345);
    const auto draft = storage.draft(ByteCount{bytes.size()}).value();
    for (std::size_t at = 0; at < bytes.size(); at += 300'001)
      REQUIRE(draft->write(
          ByteView(bytes).subspan(at, std::min<std::size_t>(300'001, bytes.size() - at))));

    REQUIRE(draft->publish("data/5e/5eed"));
    REQUIRE(storage.make_durable());

    const auto file = storage.open("data/5e/5eed", Reading::from_disk).value();
    REQUIRE(file->size() == ByteCount{bytes.size()});
    Bytes all(bytes.size());
    CHECK(file->read_at(0, all).value() == bytes.size());
    CHECK(all == bytes);
    Bytes middle(70'000);
    CHECK(file->read_at(1'234'567, middle).value() == middle.size());
    CHECK(std::equal(middle.begin(), middle.end(), bytes.begin() + 1'234'567));
    Bytes end(1000);
    CHECK(file->read_at(bytes.size() - 10, end).value() == 10);
    CHECK(file->read_at(bytes.size() + 10, end).value() == 0);
  });
}

TEST_CASE("a part of a file is what lies there, and nothing is where it ends") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    const auto bytes = noise((std::size_t{2} << 20U) + 77);
    const auto draft = storage.draft(ByteCount{bytes.size()}).value();
    REQUIRE(draft->write(bytes));
    REQUIRE(draft->publish("data/5e/5eed"));

    // Over the edges of whatever is read at once, small and large, again and again.
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{300'000}})
      for (std::size_t position : {std::size_t{0},
                                   (std::size_t{1} << 20U) - 50,
                                   (std::size_t{1} << 20U),
                                   bytes.size() - size}) {
        Bytes part(size);
        REQUIRE(storage.read_part("data/5e/5eed", position, part));
        CHECK(std::equal(
            part.begin(), part.end(), bytes.begin() + static_cast<std::ptrdiff_t>(position)));
      }
    Bytes part(100);
    CHECK(storage.read_part("data/5e/5eed", bytes.size() - 50, part).error().cause ==
          Cause::corrupt);
    CHECK(storage.read_part("data/5e/5eed", bytes.size() + 5, part).error().cause ==
          Cause::corrupt);
    CHECK(storage.read_part("data/5e/other", 0, part).error().cause == Cause::not_found);
  });
}

TEST_CASE("what is cut back is written over") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    const auto bytes = noise(2'000'000);
    const auto draft = storage.draft(ByteCount{}).value();

    REQUIRE(draft->write(bytes));
    REQUIRE(draft->cut_back_to(ByteCount{1'000'001}));
    REQUIRE(draft->write(bytes_of("the end")));
    REQUIRE(draft->publish("data/ab/ab"));

    const auto stored = storage.read_all("data/ab/ab", ByteCount{3'000'000}).value();
    REQUIRE(stored.size() == 1'000'008);
    CHECK(std::equal(bytes.begin(), bytes.begin() + 1'000'001, stored.begin()));
    CHECK(text_of(ByteView(stored).subspan(1'000'001)) == "the end");
  });
}

TEST_CASE("nothing remains of a draft that is given up") {
  for_each_storage([](storage::Storage& storage, const Ground& ground) {
    {
      const auto draft = storage.draft(ByteCount{}).value();
      REQUIRE(draft->write(noise(1'000'000)));
    }
    CHECK(storage.list("").value().empty());
    CHECK(ground.files() == 0);
  });
}

TEST_CASE("what a killed writer left unfinished is removed by the same writer alone") {
  for (const StorageKind& kind : storages()) {
    CAPTURE(kind.name);
    const auto ground = kind.prepare();
    const auto killed = ground->open();
    const auto other = ground->open();
    const auto same = ground->open();
    REQUIRE(killed->begin_writing_as("one home"));
    const auto draft = killed->draft(ByteCount{}).value();
    REQUIRE(draft->write(bytes_of("half")));
    const auto left = ground->files();  // or it is memory until it is whole
    REQUIRE(left <= 1);

    REQUIRE(other->begin_writing_as("another home"));
    CHECK(ground->files() == left);

    REQUIRE(same->begin_writing_as("one home"));
    CHECK(ground->files() == 0);
  }
}

TEST_CASE("a name that is taken is never given away") {
  for_each_storage([](storage::Storage& storage, const Ground& ground) {
    REQUIRE(storage.put("keys/one", bytes_of("old")));

    CHECK(storage.put("keys/one", bytes_of("new")).error().cause == Cause::conflict);
    {
      const auto draft = storage.draft(ByteCount{}).value();
      REQUIRE(draft->write(bytes_of("newer")));
      CHECK(draft->publish("keys/one").error().cause == Cause::conflict);
    }

    CHECK(text_of(storage.read_all("keys/one", ByteCount{10}).value()) == "old");
    CHECK(ground.files() == 1);
  });
}

TEST_CASE("a file gets another name in one step, and gives no other away unless it shall") {
  for_each_storage(
      [](storage::Storage& storage, const Ground& ground) {
        using storage::Existing;
        const auto bytes_in = [&](const char* name) {
          return std::string(text_of(storage.read_all(name, ByteCount{10}).value()));
        };
        REQUIRE(storage.put("tmp/1", bytes_of("one")));
        REQUIRE(storage.put("tmp/2", bytes_of("two")));

        CHECK(storage.rename("tmp/1", "Photos/2024/odd #%+?& näme.jpg", Existing::keep));
        CHECK(storage.rename("tmp/2", "Photos/2024/odd #%+?& näme.jpg", Existing::keep)
                  .error()
                  .cause == Cause::conflict);

        CHECK(bytes_in("Photos/2024/odd #%+?& näme.jpg") == "one");
        CHECK(bytes_in("tmp/2") == "two");
        CHECK(storage.rename("tmp/2", "Photos/2024/odd #%+?& näme.jpg", Existing::replace));
        CHECK(bytes_in("Photos/2024/odd #%+?& näme.jpg") == "two");
        for (const auto existing : {Existing::keep, Existing::replace})
          CHECK(storage.rename("tmp/1", "Photos/none", existing).error().cause == Cause::not_found);
        CHECK(ground.files() == 1);
      },
      StorageKind::Holds::anything);
}

TEST_CASE("a file too large for memory arrives, whatever time it bears, and can be renamed") {
  for_each_storage(
      [](storage::Storage& storage, const Ground& ground) {
        const auto bytes = noise((std::size_t{70} << 20U) + 4321);
        const auto draft = storage.draft(ByteCount{}).value();
        REQUIRE(draft->write(bytes));
        REQUIRE(draft->write(bytes_of("too much")));
        REQUIRE(draft->cut_back_to(ByteCount{bytes.size()}));
        draft->bear_time(*parse_instant("2024-05-01T12:00:00.250Z"));

        REQUIRE(draft->publish("tmp/large"));
        REQUIRE(storage.rename("tmp/large", "Videos/large.mov", storage::Existing::keep));

        CHECK(storage.size_of("Videos/large.mov").value() == ByteCount{bytes.size()});
        CHECK(storage.read_all("Videos/large.mov", ByteCount{bytes.size()}).value() == bytes);
        CHECK(ground.files() == 1);
      },
      StorageKind::Holds::anything);
}

TEST_CASE("a file above 5 GiB arrives and can be renamed, where its server has the room") {
  if (!is_soak()) {
    fmt::print("SKIPPED: 5 GiB to every storage, because that is part of ./do soak\n");
    return;
  }
  constexpr std::uint64_t size = (std::uint64_t{5} << 30U) + 12345;
  const auto block = noise(std::size_t{8} << 20U);
  for_each_storage(
      [&](storage::Storage& storage, const Ground&) {
        const auto draft = storage.draft(ByteCount{size}).value();
        for (std::uint64_t at = 0; at < size; at += block.size())
          REQUIRE(draft->write(
              ByteView(block).first(std::min<std::uint64_t>(block.size(), size - at))));

        const auto published = draft->publish("tmp/video");
        if (!published && published.error().cause == Cause::full) {
          fmt::print("SKIPPED: {}, because it has no room\n", storage.where());
          return;
        }
        REQUIRE_MESSAGE(published.has_value(), published.error().message());
        const auto renamed =
            storage.rename("tmp/video", "Videos/long.mov", storage::Existing::keep);
        REQUIRE_MESSAGE(renamed.has_value(), renamed.error().message());

        CHECK(storage.size_of("Videos/long.mov").value() == ByteCount{size});
        CHECK(storage.size_of("tmp/video").value() == std::nullopt);
        for (const std::uint64_t at : {std::uint64_t{0}, (size / 2) / 7 * 7, size - 100'000}) {
          Bytes part(100'000);
          REQUIRE(storage.read_part("Videos/long.mov", at, part));
          const auto begin = at % block.size();
          const auto first = std::min<std::uint64_t>(part.size(), block.size() - begin);
          CHECK(std::equal(part.begin(),
                           part.begin() + static_cast<std::ptrdiff_t>(first),
                           block.begin() + static_cast<std::ptrdiff_t>(begin)));
        }
        CHECK(storage.remove("Videos/long.mov"));
      },
      StorageKind::Holds::anything);
}

TEST_CASE("what is not there is known not to be there") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    CHECK(storage.list("snapshots").value().empty());
    CHECK(storage.size_of("config").value() == std::nullopt);
    CHECK(storage.open("config", Reading::cached).error().cause == Cause::not_found);
    CHECK(storage.read_all("config", ByteCount{10}).error().cause == Cause::not_found);
    CHECK(storage.remove("config"));
    CHECK(storage.sync_removals("locks"));
  });
}

TEST_CASE("a storage that went away is absent, not empty") {
  for (const StorageKind& kind : storages()) {
    if (kind.holds != StorageKind::Holds::anything) continue;
    CAPTURE(kind.name);
    Promises::all().ask(kind.name);
    const auto ground = kind.prepare();
    const auto storage = ground->open();
    ground->take_away();

    CHECK(storage->list("index").error().cause == Cause::absent);
    CHECK(storage->size_of("config").error().cause == Cause::absent);
    CHECK(storage->remove("config").error().cause == Cause::absent);
    CHECK(storage->put("config", bytes_of("x")).error().cause == Cause::absent);
  }
}

TEST_CASE("a removed file is gone, and its name is free") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    REQUIRE(storage.put("locks/one", bytes_of("mine")));

    REQUIRE(storage.remove("locks/one"));

    CHECK(storage.size_of("locks/one").value() == std::nullopt);
    CHECK(storage.put("locks/one", bytes_of("another")));
  });
}

TEST_CASE("a folder with more files than come at once is listed whole and in order") {
  for_each_storage([](storage::Storage& storage, const Ground& ground) {
    std::vector<std::string> expected;
    expected.reserve(1100);
    for (int i = 0; i < 1100; ++i) expected.push_back("file " + std::to_string(i));
    {
      constexpr std::size_t writers = 4;
      std::vector<std::jthread> threads;
      threads.reserve(writers);
      for (std::size_t writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
          for (std::size_t i = writer; i < expected.size(); i += writers)
            ground.write("index/" + expected[i], "x");
        });
    }
    std::ranges::sort(expected);

    CHECK(names(storage.list("index").value()) == expected);
  });
}

TEST_CASE("what lies in the folders of a folder is not listed with it") {
  for_each_storage(
      [](storage::Storage& storage, const Ground& ground) {
        ground.write("index/file", "x");
        ground.write("index/a folder/another", "x");

        CHECK(names(storage.list("index").value()) == std::vector<std::string>{"file"});
      },
      StorageKind::Holds::anything);
}

TEST_CASE("the files of all folders below are listed with the folders between") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    CHECK(storage.list_below("data").value().empty());
    for (const char* const name : {"ff/ff01", "00/0001", "00/0002"})
      REQUIRE(storage.put(std::string("data/") + name, bytes_of("four")));
    REQUIRE(storage.put("index/0003", bytes_of("x")));

    const auto found = storage.list_below("data").value();

    CHECK(names(found) == std::vector<std::string>{"00/0001", "00/0002", "ff/ff01"});
    CHECK(found.front().size == ByteCount{4});
  });
}

TEST_CASE("odd names are names") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    const std::array odd{"two words", "-dash", "quote\"'`$", "ünïcode 🌲", "#%&+?*"};
    for (const char* const name : odd)
      REQUIRE(storage.put(std::string("odd/") + name, bytes_of(name)));

    for (const std::string name : odd)
      CHECK_MESSAGE(storage.read_all("odd/" + name, ByteCount{100}) ==
                        Bytes(bytes_of(name).begin(), bytes_of(name).end()),
                    name);
    CHECK(storage.list("odd").value().size() == odd.size());
    CHECK(storage.put("../out", bytes_of("x")).error().cause == Cause::invalid);
  });
}

TEST_CASE("a name may hold the end of a line") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    REQUIRE(storage.put("odd/new\nline", bytes_of("two")));

    CHECK(storage.size_of("odd/new\nline").value() == ByteCount{3});
    CHECK(names(storage.list("odd").value()) == std::vector<std::string>{"new\nline"});
  });
}

TEST_CASE("a file larger than it may be is not read into memory") {
  for_each_storage([](storage::Storage& storage, const Ground&) {
    REQUIRE(storage.put("index/large", noise(5000)));

    CHECK(storage.read_all("index/large", ByteCount{4999}).error().cause == Cause::corrupt);
  });
}

TEST_CASE("several threads write at once, and of one name only one gets it") {
  for_each_storage([](storage::Storage& storage, const Ground& ground) {
    std::array<int, 4> won{};
    {
      std::vector<std::jthread> writers;
      writers.reserve(won.size());
      for (std::size_t writer = 0; writer < won.size(); ++writer)
        writers.emplace_back([&, writer] {
          for (std::size_t i = 0; i < 20; ++i) {
            const auto own = "snapshots/" + std::to_string(writer * 100 + i);
            if (!storage.put(own, noise(10'000))) return;
            if (storage.put("index/" + std::to_string(i), bytes_of(own))) ++won[writer];
          }
        });
    }
    CHECK(won[0] + won[1] + won[2] + won[3] == 20);
    CHECK(ground.files() == 100);
  });
}
