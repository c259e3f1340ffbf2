// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/follow_moves.h"

#include "tests/support/backed_up.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Counts = std::map<std::string, int>;

namespace {

struct Moving : BackedUp {
  /// The source does not list the photo any more.
  void lose(const std::string& id) {
    texts.texts.erase(id);
    note_gone(id);
  }

  void follow() {
    texts.opened();
    must(transfer::follow_moves(*catalog, source, texts, stop.get_token()));
  }

  void move(const std::string& from, const std::string& to) {
    auto asset = photo_of(to, texts.texts.at(from));
    asset.renditions[0].source_version = "of " + to;
    add(asset, texts.texts.at(from));
    lose(from);
  }

  [[nodiscard]] std::size_t count_assets() const {
    return must(catalog->accounts_after(0, 100)).size();
  }
};

AppleChecksum apple(unsigned char byte) {
  AppleChecksum checksum;
  checksum.bytes.fill(std::byte{byte});
  return checksum;
}

}  // namespace

TEST_CASE_FIXTURE(Moving,
                  "a photo under a new id goes on where it was kept, and is not kept again") {
  add("a.jpg", "bytes");
  run();
  const auto row = account("a.jpg").row;
  move("a.jpg", "b.jpg");

  follow();
  run();

  const auto known = account("b.jpg");
  CHECK(known.row == row);
  CHECK_FALSE(known.gone_at);
  CHECK(known.moved_from == photo::AssetKey{id128(1), "own", "a.jpg"});
  CHECK(known.files.at(0).key == "b.jpg");
  CHECK(known.files.at(0).versions.size() == 1);
  CHECK(count_assets() == 1);
  CHECK(tally.bytes_fetched == ByteCount{0});
  for (const KeptTree* tree : {&disk_tree, &drive_tree}) {
    CHECK(tree->files("Photos").size() == 1);
    CHECK(tree->disk.read(kept("a.jpg")) == "bytes");
    check_sums(*tree);
  }
}

TEST_CASE_FIXTURE(Moving, "only what is as long as something gone is read, once") {
  add("a.jpg", "bytes");
  run();
  move("a.jpg", "b.jpg");
  add("other.jpg", "quite other bytes");

  follow();

  CHECK(texts.opened() == Counts{{"b.jpg", 1}});
}

TEST_CASE_FIXTURE(Moving, "a photo as long as one that is gone, and not the same, is a new one") {
  add("a.jpg", "bytes");
  run();
  lose("a.jpg");
  add("b.jpg", "BYTES");

  follow();
  run();

  CHECK(account("a.jpg").gone_at);
  CHECK_FALSE(account("b.jpg").moved_from);
  CHECK(disk_tree.files("Photos").size() == 2);
}

TEST_CASE_FIXTURE(Moving, "a copy of a photo that is still there is a photo of its own") {
  add("a.jpg", "bytes");
  run();
  add("b.jpg", "bytes");

  follow();

  CHECK(texts.opened().empty());
  CHECK(count_assets() == 2);
  CHECK_FALSE(account("b.jpg").moved_from);
}

TEST_CASE_FIXTURE(Moving, "of photos with the same bytes each goes on as the one of its name") {
  for (const char* id : {"x/1.jpg", "x/2.jpg"}) add(id, "bytes");
  run();
  move("x/2.jpg", "y/2.jpg");
  move("x/1.jpg", "y/1.jpg");

  follow();

  CHECK(account("y/1.jpg").moved_from->id == "x/1.jpg");
  CHECK(account("y/2.jpg").moved_from->id == "x/2.jpg");
  CHECK(count_assets() == 2);
}

TEST_CASE_FIXTURE(Moving, "what a source calls the same by its checksum and version is not read") {
  auto asset = photo_of("a", "bytes");
  asset.renditions[0].apple_checksum = apple(7);
  texts.texts["a"] = "bytes";
  note({asset});
  run();
  lose("a");
  asset.key = {id128(1), "shared", "b"};
  asset.renditions[0].key = "b";

  SUBCASE("its kept bytes have that checksum") {
    note({asset});
    follow();

    CHECK(texts.opened().empty());
    CHECK(account("b").moved_from->id == "a");
    CHECK(account("b").asset.key.library == "shared");
  }
  SUBCASE("another checksum is another photo, however long it is") {
    asset.renditions[0].apple_checksum = apple(8);
    note({asset});
    follow();

    CHECK(texts.opened().empty());
    CHECK(count_assets() == 2);
  }
  SUBCASE("another version is read, for it may have been changed since") {
    asset.renditions[0].source_version = "later";
    texts.texts["b"] = "BYTES";
    note({asset});
    follow();

    CHECK(texts.opened() == Counts{{"b", 1}});
    CHECK(count_assets() == 2);
  }
}

TEST_CASE_FIXTURE(Moving,
                  "the video of a moved photo goes on too, and a changed one is its new version") {
  auto asset = photo_of("a.jpg", "still");
  asset.renditions.push_back(file_of(photo::Role::live_video, "a.mov", "video"));
  texts.texts = {{"a.jpg", "still"}, {"a.mov", "video"}};
  note({asset});
  run();
  lose("a.jpg");
  auto moved = photo_of("b.jpg", "still");
  moved.renditions.push_back(file_of(photo::Role::live_video, "b.mov", "video"));
  texts.texts["b.jpg"] = "still";

  SUBCASE("the same") {
    texts.texts["b.mov"] = "video";
    moved.renditions[1].source_version = "of b";
    note({moved});
    follow();
    run();

    CHECK(tally.bytes_fetched == ByteCount{0});
    CHECK(account("b.jpg").files.at(1).versions.size() == 1);
  }
  SUBCASE("changed") {
    texts.texts["b.mov"] = "VIDEO";
    moved.renditions[1].source_version = "VIDEO";
    note({moved});
    follow();
    run();

    CHECK(tally.renditions_fetched == 1);
    CHECK(account("b.jpg").files.at(1).versions.size() == 2);
    CHECK(disk_tree.files(".keepsake/versions").size() == 1);
  }
  CHECK(account("b.jpg").files.size() == 2);
  CHECK(disk_tree.files("Photos").size() == 2);
  check_sums(disk_tree);
}

TEST_CASE_FIXTURE(Moving, "what cannot be read now, and what was never kept, is no moved photo") {
  add("a.jpg", "bytes");
  run();
  add("unkept.jpg", "never");
  lose("a.jpg");
  lose("unkept.jpg");
  note({photo_of("b.jpg", "bytes"), photo_of("c.jpg", "never")});
  texts.texts["c.jpg"] = "never";

  follow();

  CHECK(account("a.jpg").gone_at);
  CHECK_FALSE(account("b.jpg").moved_from);
  CHECK_FALSE(account("c.jpg").moved_from);
}
