// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/writer.h"

#include "tests/support/test_vault.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using vault::BlobKind;
using Deed = Fortune::Deed;
using Files = std::map<std::string, std::string>;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "line " + std::to_string(i) + " of some text\n";
  return text;
}

Files every_kind() {
  return {{"empty", ""},
          {"small.jpg", noise(1000, 1)},
          {"piece.mov", noise(vault::piece_size.value, 2)},
          {"large.mov", noise(2 * vault::piece_size.value + 5, 3)},
          {"photo.heic", noise(2 * mebibyte + 77, 4)},
          {"small.txt", lines(100)},
          {"large.txt", lines(700'000)}};
}

}  // namespace

TEST_CASE_FIXTURE(TestVault, "restic finds nothing wrong with what was written, and restores it") {
  if (!Restic::is_installed()) return;
  const auto files = every_kind();

  REQUIRE(snapshot_of(files));

  restic.check();
  CHECK(restored() == files);
}

TEST_CASE_FIXTURE(TestVault,
                  "a file up to 8 MiB is one blob with its own SHA-256, larger are cut") {
  for (const bool told : {true, false}) {
    CAPTURE(told);
    const auto photo = noise(3 * mebibyte, 1);
    const auto film = noise(2 * vault::piece_size.value + 1, 2);

    const auto one = store(photo, told).value();
    const auto three = store(film, told).value();

    CHECK(one.content == std::vector{crypto::sha256(bytes_of(photo))});
    REQUIRE(three.content.size() == 3);
    CHECK(three.content[0] ==
          crypto::sha256(bytes_of(film).first(std::size_t{vault::piece_size.value})));
    CHECK(three.size.value == film.size());
  }
}

TEST_CASE_FIXTURE(TestVault, "photos are stored as they are, and text compressed") {
  REQUIRE(store(noise(mebibyte + 1, 1)));
  const auto before = writer->written().value;
  REQUIRE(writer->flush());
  CHECK(writer->written().value > mebibyte);
  const auto after_photo = writer->written().value;

  REQUIRE(store(lines(200'000)));
  REQUIRE(writer->flush());

  CHECK(before == 0);
  CHECK(writer->written().value - after_photo < lines(200'000).size() / 4);
}

TEST_CASE_FIXTURE(TestVault, "what is known already is not stored again") {
  const auto film = noise(vault::piece_size.value + 100, 1);
  REQUIRE(snapshot_of({{"film.mov", film}}));
  const auto packs = files_in("data");

  SUBCASE("in the same session") {}
  SUBCASE("in a later session") { open(); }
  const auto written = writer->written().value;
  const auto again = store(film);
  REQUIRE(writer->flush());

  REQUIRE(again);
  CHECK(again->content.size() == 2);
  CHECK(files_in("data") == packs);
  CHECK(writer->written().value == written);
}

TEST_CASE_FIXTURE(TestVault, "an unfinished file leaves nothing behind") {
  {
    const auto file = writer->open_file(ByteCount{100'000}, vault::Sum::none).value();
    REQUIRE(file->write(bytes_of(noise(100'000, 1))));
  }

  REQUIRE(writer->flush());

  CHECK(files_in("data") == 0);
  CHECK(files_in("index") == 0);
}

TEST_CASE_FIXTURE(TestVault, "a file that outgrows what was announced is not stored as another") {
  const auto file = writer->open_file(ByteCount{100}, vault::Sum::given).value();
  const auto large = noise(vault::piece_size.value + 1, 1);

  const auto written = file->write(bytes_of(large));

  REQUIRE_FALSE(written);
  CHECK(written.error().cause == Cause::changed);
}

TEST_CASE_FIXTURE(TestVault, "a sum that is not the file's is found out where it can be") {
  const auto file = writer->open_file(ByteCount{}, vault::Sum::given).value();
  REQUIRE(file->write(bytes_of("bytes")));

  const auto finished = file->finish(crypto::sha256(bytes_of("bYtes")));

  REQUIRE_FALSE(finished);
  CHECK(finished.error().cause == Cause::corrupt);
}

TEST_CASE_FIXTURE(TestVault, "a pack is never named in an index before it is durable") {
  bool durable = true;
  int indexes = 0;
  fortune->fails = [&](Deed deed, std::string_view name) {
    if (deed == Deed::publish) durable = false;
    if (deed == Deed::make_durable) durable = true;
    if (deed != Deed::put || !name.starts_with("index/")) return false;
    ++indexes;
    return !durable;
  };

  for (std::uint64_t i = 0; i < 12; ++i) REQUIRE(store(noise(3 * mebibyte, i)));
  REQUIRE(writer->flush());

  CHECK(indexes == 1);
}

TEST_CASE_FIXTURE(TestVault, "a disk that is full loses what had no room, and nothing else") {
  fortune->error.cause = Cause::full;
  const auto kept = noise(vault::piece_size.value + 100, 1);
  const auto first = store(kept).value();
  const auto small = noise(2000, 2);
  int writes = 0;
  SUBCASE("no room for a blob") {
    fortune->fails = [&](Deed deed, std::string_view) {
      return deed == Deed::write && ++writes == 1;
    };
    const auto second = store(small);
    REQUIRE_FALSE(second);
    CHECK(second.error().cause == Cause::full);
    CHECK(writer->flush());
    CHECK(writer->holds(BlobKind::data, first.content[0]));
  }
  SUBCASE("no room for the end of any pack") {
    REQUIRE(store(small));
    fortune->fails = [](Deed deed, std::string_view) { return deed == Deed::write; };
    CHECK_FALSE(writer->flush());
    CHECK_FALSE(writer->knows(BlobKind::data, first.content[0]));
  }
  CHECK_FALSE(writer->knows(BlobKind::data, crypto::sha256(bytes_of(small))));
  fortune->fails = nullptr;

  REQUIRE(snapshot_of({{"kept", kept}, {"small", small}}));

  if (!Restic::is_installed()) return;
  restic.check();
  CHECK(restored() == Files{{"kept", kept}, {"small", small}});
}

TEST_CASE_FIXTURE(TestVault, "packs that could not be made durable are forgotten") {
  const auto photo = noise(2 * mebibyte, 1);
  const auto stored = store(photo).value();
  fortune->fails = [](Deed deed, std::string_view) { return deed == Deed::make_durable; };
  REQUIRE_FALSE(writer->flush());
  fortune->fails = nullptr;

  REQUIRE(writer->flush());
  CHECK_FALSE(writer->knows(BlobKind::data, stored.content[0]));
  REQUIRE(store(photo));
  REQUIRE(writer->flush());

  CHECK(writer->holds(BlobKind::data, stored.content[0]));
}

TEST_CASE_FIXTURE(TestVault, "four threads store equal and different files, each once") {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 24; ++i) texts.push_back(noise(300'000 + i * 100'000, i / 2));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (const std::string& text : texts) CHECK(store(text));
      });
    for (int i = 0; i < 3; ++i) CHECK(writer->flush());
  }
  Files files;
  for (std::size_t i = 0; i < texts.size(); ++i) files[std::to_string(i)] = texts[i];

  REQUIRE(snapshot_of(files));

  std::uint64_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  CHECK(writer->written().value < bytes + mebibyte);
  if (!Restic::is_installed()) return;
  restic.check();
  CHECK(restored() == files);
}

TEST_CASE_FIXTURE(TestVault, "what a flush found finished stays, whatever others write meanwhile") {
  const auto half = noise(4 * mebibyte, 1);
  const auto file = writer->open_file(ByteCount{2 * half.size()}, vault::Sum::none).value();
  REQUIRE(file->write(bytes_of(half)));
  const auto done = store(noise(2 * mebibyte, 2)).value();

  REQUIRE(writer->flush());
  REQUIRE(file->write(bytes_of(half)));
  const auto whole = file->finish(std::nullopt).value();

  CHECK(writer->holds(BlobKind::data, done.content[0]));
  CHECK_FALSE(writer->holds(BlobKind::data, whole.content[0]));
  CHECK(writer->knows(BlobKind::data, whole.content[0]));
}

TEST_CASE("a writer killed at any operation leaves a repository that passes restic's check") {
  if (!Restic::is_installed()) return;
  const Files before{{"old.jpg", noise(mebibyte, 1)}};
  const Files files{
      {"a.jpg", noise(9 * mebibyte, 2)}, {"b.jpg", noise(9 * mebibyte, 3)}, {"c.txt", lines(1000)}};
  for (int n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 100);
    TestVault vault;
    REQUIRE(vault.snapshot_of(before));
    vault.fortune->fail_from(n);
    const auto made = vault.snapshot_of(files);
    vault.writer.reset();
    vault.fortune->fails = nullptr;
    vault.storage.cut_power();
    vault.restic.check();
    if (made) break;
    CHECK(vault.restored() == before);
    vault.open();

    const auto again = vault.snapshot_of(files);

    REQUIRE(again);
    vault.restic.check();
    CHECK(vault.restored(again->hex()) == files);
  }
}
