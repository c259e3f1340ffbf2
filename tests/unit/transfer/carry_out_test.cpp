// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/carry_out.h"

#include "tests/support/backed_up.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using photo::Shortfall;
using Ids = std::vector<std::string>;
using Counts = std::map<std::string, int>;

TEST_CASE_FIXTURE(BackedUp, "each photo is read once, however many destinations lack it") {
  add("a.jpg", "bytes of a");
  add("b.jpg", "bytes of b");

  run();

  CHECK(texts.opened() == Counts{{"a.jpg", 1}, {"b.jpg", 1}});
  for (const KeptTree* tree : {&disk_tree, &drive_tree}) {
    CHECK(tree->disk.read(kept("a.jpg")) == "bytes of a");
    CHECK(tree->disk.read(kept("b.jpg")) == "bytes of b");
    check_sums(*tree);
  }
  CHECK(holds("a.jpg", disk));
  CHECK(holds("a.jpg", drive));
  CHECK(tally.renditions_fetched == 2);
  CHECK(tally.bytes_fetched == ByteCount{20});
}

TEST_CASE_FIXTURE(BackedUp, "a second run has nothing to do") {
  add("a.jpg", "bytes of a");
  run();

  CHECK(owed(disk).empty());
  CHECK(owed(drive).empty());
  run();

  CHECK(texts.opened() == Counts{{"a.jpg", 1}});
  CHECK(tally.renditions_fetched == 0);
}

TEST_CASE_FIXTURE(BackedUp,
                  "a far source that stops giving files is not asked for all the others") {
  for (int i = 0; i < 100; ++i) add(std::to_string(i), "bytes of " + std::to_string(i));
  texts.reading = [](const std::string&) -> Result<> {
    return fail(Cause::throttled, "it asks for patience");
  };
  const auto asked = [&] {
    std::size_t sum = 0;
    for (const auto& [key, times] : texts.opened()) sum += static_cast<std::size_t>(times);
    return sum;
  };

  SUBCASE("it is far, and asked again with the next run") {
    texts.far = true;
    run();
    CHECK(asked() < 20);
    CHECK(owed(disk).size() == 100);

    texts.reading = {};
    run();
    CHECK(owed(disk).empty());
  }
  SUBCASE("a near one is: each of its files may fail for itself") {
    run();
    CHECK(asked() == 100);
  }
  SUBCASE("it is, as long as some of them come") {
    texts.far = true;
    texts.reading = [](const std::string& key) -> Result<> {
      return key.back() % 2 == 0 ? Result<>() : fail(Cause::offline, "the line broke");
    };
    run();
    CHECK(asked() == 100);
  }
}

TEST_CASE_FIXTURE(BackedUp, "a drive that is full does not keep the photos from the other one") {
  for (char c = 'a'; c <= 'j'; ++c) add(std::string(1, c), std::string("bytes of ") + c);
  int files = 0;
  Guarded<int> guarded(0);
  drive_tree.watch->error = Error{Cause::full, "no room", {}, Scope::destination};
  drive_tree.watch->fate = [&](Operation operation, const RelativePath& path) {
    if (operation != Operation::write || !path.text().starts_with(".keepsake/tmp/"))
      return Fate::happens;
    // A file takes a few operations and three workers write at once: with nine, none may be whole
    // yet.
    return guarded.with([&](int& count) { return ++count > 15 ? Fate::torn : Fate::happens; });
  };

  run();

  REQUIRE(drive_failure);
  CHECK(drive_failure->cause == Cause::full);
  CHECK_FALSE(disk_failure);
  CHECK(owed(disk).empty());
  CHECK(owed(drive).size() == 10);
  check_sums(disk_tree);
  for (const auto& [path, text] : drive_tree.files("Photos")) {
    CHECK(text.starts_with("bytes of "));
    ++files;
  }
  CHECK(files >= 1);

  drive_tree.watch->fate = nullptr;
  texts.opened();
  run();

  CHECK(texts.opened().size() == static_cast<std::size_t>(10 - files));
  CHECK(owed(drive).empty());
  check_sums(drive_tree);
  CHECK(drive_tree.files("Photos").size() == 10);
}

TEST_CASE_FIXTURE(BackedUp, "a photo too large for a drive is not read, and the others are kept") {
  for (const char* id : {"a.jpg", "b.jpg", "c.jpg"}) add(id, id);
  Guarded<std::set<std::string>> read;
  texts.reading = [&](const std::string& key) -> Result<> {
    read.with([&](auto& keys) { keys.insert(key); });
    return {};
  };
  drive_tree.watch->error = Error{Cause::full, "no room for it", {}, Scope::asset};
  Guarded<bool> is_first(true);
  drive_tree.watch->fate = [&](Operation operation, const RelativePath& path) {
    const bool begins = operation == Operation::write && path.text().starts_with(".keepsake/tmp/");
    const bool fails =
        begins && is_first.with([](bool& first) { return std::exchange(first, false); });
    return fails ? Fate::fails : Fate::happens;
  };

  run({drive});

  CHECK_FALSE(drive_failure);
  const auto left = owed(drive);
  REQUIRE(left.size() == 1);
  REQUIRE(shortfall(left.front(), drive));
  CHECK(shortfall(left.front(), drive)->cause == Cause::full);
  CHECK(read.with([](const auto& keys) { return keys.size(); }) == 2);
  check_sums(drive_tree);

  run({drive});

  CHECK(owed(drive).empty());
}

TEST_CASE_FIXTURE(BackedUp, "a photo that cannot be read is told, and the others are kept") {
  add("a.jpg", "a");
  add("b.jpg", "b");
  add("c.jpg", "c");
  texts.reading = [](const std::string& key) -> Result<> {
    if (key == "b.jpg") return fail(Cause::denied, "no permission");
    return {};
  };

  run();

  CHECK(holds("a.jpg", disk));
  CHECK(holds("c.jpg", drive));
  CHECK_FALSE(holds("b.jpg", disk));
  REQUIRE(shortfall("b.jpg", disk));
  CHECK(shortfall("b.jpg", disk)->state == Shortfall::State::failed);
  CHECK(shortfall("b.jpg", disk)->cause == Cause::denied);
  CHECK(owed(disk) == Ids{"b.jpg"});

  texts.reading = nullptr;
  run();

  CHECK(holds("b.jpg", disk));
  CHECK_FALSE(shortfall("b.jpg", disk));
}

TEST_CASE_FIXTURE(BackedUp, "a file that is not what its library remembers is kept, and told") {
  texts.sums_as_apple = true;
  auto changed = photo_of("changed.jpg", "1");
  changed.renditions[0].apple_checksum = crypto::apple_checksum(bytes_of("as it was taken in"));
  add(changed, "as it is now");
  auto same = photo_of("same.jpg", "1");
  same.renditions[0].apple_checksum = crypto::apple_checksum(bytes_of("the same"));
  add(same, "the same");

  run();

  CHECK(holds("changed.jpg", disk));
  CHECK(disk_tree.disk.read(kept("changed.jpg")) == "as it is now");
  const auto known = account("changed.jpg");
  CHECK(known.files.at(0).current()->apple_checksum ==
        crypto::apple_checksum(bytes_of("as it is now")));
  CHECK(known.files[0].current()->claimed_checksum == changed.renditions[0].apple_checksum);
  CHECK(known.warnings().size() == 1);
  CHECK(account("same.jpg").warnings().empty());
  int told = 0;
  must(disk_tree.tree->each_record([&](const records::FileRecord& record) -> Result<> {
    if (record.key != "changed.jpg") return {};
    ++told;
    CHECK(record.version.apple_checksum == known.files[0].current()->apple_checksum);
    CHECK(record.version.claimed_checksum == known.files[0].current()->claimed_checksum);
    return {};
  }));
  CHECK(told == 1);
}

TEST_CASE_FIXTURE(BackedUp, "a file one destination refuses is kept by the other") {
  add("a.jpg", "a");
  disk_tree.watch->error.cause = Cause::unsupported;
  disk_tree.watch->fate = [](Operation operation, const RelativePath& path) {
    const bool work = path.text().starts_with(".keepsake/tmp/");
    return operation == Operation::write && work ? Fate::fails : Fate::happens;
  };

  run();

  CHECK(shortfall("a.jpg", disk)->cause == Cause::unsupported);
  CHECK(holds("a.jpg", drive));
  CHECK_FALSE(disk_failure);
}

TEST_CASE_FIXTURE(BackedUp, "bytes that are not those recorded are never stored as them") {
  add("a.jpg", "right");
  run({disk});
  texts.texts["a.jpg"] = "wrong";

  SUBCASE("while another destination has the right ones") {
    run();

    CHECK(drive_tree.disk.read(kept("a.jpg")) == "right");
    CHECK(holds("a.jpg", drive));
  }
  SUBCASE("nor while nobody here has") {
    run({drive});

    CHECK(drive_tree.files("Photos").empty());
    CHECK(shortfall("a.jpg", drive)->cause == Cause::corrupt);
  }
}

TEST_CASE_FIXTURE(BackedUp, "a photo its source lost is filled from the destination that has it") {
  add("a.jpg", "a");
  run({disk});
  texts.texts.clear();
  texts.opened();
  note_gone("a.jpg");

  run();

  CHECK(texts.opened().empty());
  CHECK(drive_tree.disk.read(kept("a.jpg")) == "a");
  CHECK(owed(drive).empty());
}

TEST_CASE_FIXTURE(BackedUp, "a photo lost before it was kept anywhere is owed to nobody") {
  add("a.jpg", "a");
  note_gone("a.jpg");

  run();

  CHECK(owed(disk).empty());
  CHECK(owed(drive).empty());
  CHECK(texts.opened().empty());
  CHECK(must(catalog->account(account("a.jpg").row))->in(disk)->files.empty());
}

TEST_CASE_FIXTURE(BackedUp, "a photo that was only touched is not stored again") {
  add("a.jpg", "a");
  run({disk});
  auto touched = photo_of("a.jpg", "a");
  touched.renditions[0].source_version = "touched";
  add(touched, "a");

  run();

  const auto known = account("a.jpg");
  REQUIRE(known.files.at(0).versions.size() == 1);
  CHECK(known.files[0].current()->source_version == "touched");
  CHECK(holds("a.jpg", disk));
  CHECK(holds("a.jpg", drive));
  CHECK(disk_tree.files(".keepsake/versions").empty());
  CHECK(owed(disk).empty());
  CHECK(owed(drive).empty());
  CHECK(tally.renditions_fetched == 0);
  check_sums(disk_tree);
  check_sums(drive_tree);
  for (const KeptTree* tree : {&disk_tree, &drive_tree}) {
    REQUIRE(tree->records().size() == 1);
    CHECK(tree->records()[0].version.seq == 1);
    CHECK(tree->records()[0].version.source_version == "touched");
  }
}

TEST_CASE_FIXTURE(BackedUp, "a changed photo is a new version, and the old one is put aside") {
  add("a.jpg", "one");
  run();
  add("a.jpg", "two");

  run();

  CHECK(disk_tree.disk.read(kept("a.jpg")) == "two");
  const auto aside = disk_tree.files(".keepsake/versions");
  REQUIRE(aside.size() == 1);
  CHECK(aside.begin()->second == "one");
  CHECK(account("a.jpg").files.at(0).versions.size() == 2);
  check_sums(disk_tree);
  CHECK(owed(disk).empty());
}

TEST_CASE_FIXTURE(BackedUp, "bytes that a destination has already need no reading") {
  add("a.jpg", "same");
  add("b.jpg", "same");
  run({disk});
  must(catalog->know_destination({0, id128(3), "drive", "drive"}, "b only"));
  add("c.jpg", "other");
  texts.reading = [](const std::string& key) -> Result<> {
    if (key == "b.jpg") return fail(Cause::denied, "no permission");
    return {};
  };

  run({drive});

  CHECK(drive_tree.disk.read(kept("a.jpg")) == "same");
  // b is made of a, as soon as a lies there.
  run({drive});
  CHECK(drive_tree.disk.read(kept("b.jpg")) == "same");
  CHECK(owed(drive).empty());
}

TEST_CASE_FIXTURE(BackedUp, "photos of one name get different ones") {
  add("x/IMG_1.JPG", "one");
  add("y/img_1.jpg", "two");

  run({disk});

  CHECK(disk_tree.disk.read(kept("IMG_1.JPG")) == "one");
  CHECK(disk_tree.files("Photos").size() == 2);
  check_sums(disk_tree);
}

TEST_CASE_FIXTURE(BackedUp, "names of files that are not ours are taken") {
  disk_tree.disk.write(kept("a.JPG"), "of the owner");
  add("a.jpg", "ours");

  run({disk});

  CHECK(disk_tree.disk.read(kept("a.JPG")) == "of the owner");
  CHECK_FALSE(disk_tree.disk.has(kept("a.jpg")));
  CHECK(disk_tree.files("Photos").size() == 2);
  CHECK(holds("a.jpg", disk));
}

TEST_CASE_FIXTURE(BackedUp,
                  "a run that is stopped keeps what it finished, and the next one goes on") {
  for (int i = 0; i < 40; ++i) add(std::to_string(i), "bytes " + std::to_string(i));
  std::atomic<int> count = 0;
  texts.opening = [&](const std::string&) {
    if (++count == 20) stop.request_stop();
  };

  const auto stopped = try_run({disk, drive});

  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().cause == Cause::cancelled);
  for (const auto& [path, text] : disk_tree.files("Photos")) CHECK(text.starts_with("bytes "));
  const auto left = owed(disk).size();
  CHECK(left < 40);
  CHECK(left > 0);

  texts.opening = nullptr;
  texts.opened();
  stop = std::stop_source();
  run();

  CHECK(texts.opened().size() == left);
  CHECK(owed(disk).empty());
  CHECK(owed(drive).empty());
  check_sums(disk_tree);
  check_sums(drive_tree);
}

TEST_CASE_FIXTURE(BackedUp, "a run whose drive vanishes at any write can be finished") {
  for (int n = 1;; n += 3) {
    CAPTURE(n);
    REQUIRE(n < 400);
    BackedUp backup;
    backup.add("a.jpg", "one");
    backup.add("b.jpg", "two");
    backup.run({backup.disk});
    backup.add("a.jpg", "three");
    backup.add("c.jpg", "four");
    Guarded<int> writes(0);
    backup.disk_tree.watch->error = Error{Cause::absent, "unplugged", {}, Scope::destination};
    std::atomic<bool> began = false;
    backup.disk_tree.watch->fate = [&](Operation operation, const RelativePath&) {
      if (operation != Operation::write || !began) return Fate::happens;
      return writes.with([&](int& count) {
        ++count;
        return count < n ? Fate::happens : count == n ? Fate::torn : Fate::fails;
      });
    };
    backup.texts.opening = [&](const std::string&) { began = true; };
    static_cast<void>(backup.try_run({backup.disk}));
    const bool failed = backup.disk_failure.has_value();
    backup.disk_tree.watch->fate = nullptr;

    backup.run({backup.disk});

    CHECK(backup.owed(backup.disk).empty());
    CHECK(backup.disk_tree.disk.read(BackedUp::kept("a.jpg")) == "three");
    CHECK(backup.disk_tree.disk.read(BackedUp::kept("c.jpg")) == "four");
    CHECK(backup.disk_tree.files("Photos").size() == 3);
    CHECK(backup.disk_tree.files(".keepsake/versions").size() == 1);
    BackedUp::check_sums(backup.disk_tree);
    if (!failed) break;
  }
}

TEST_CASE_FIXTURE(BackedUp, "many photos are all kept, noted and settled in one run") {
  for (int i = 0; i < 700; ++i) add(std::to_string(i), "bytes " + std::to_string(i));

  run();

  CHECK(owed(disk).empty());
  CHECK(owed(drive).empty());
  check_sums(disk_tree);
  CHECK(disk_tree.files("Photos").size() == 700);
  CHECK(tally.renditions_fetched == 700);
}

TEST_CASE_FIXTURE(BackedUp, "new words about a kept photo are written to its records") {
  auto asset = photo_of("a.jpg", "a");
  add(asset, "a");
  run();
  asset.labels.caption = "a lake";
  note({asset});
  texts.opened();

  run();

  CHECK(texts.opened().empty());
  CHECK(disk_tree.records().at(0).asset.labels.caption == "a lake");
  CHECK(owed(disk).empty());
}

TEST_CASE_FIXTURE(BackedUp, "a damaged file is healed, and counted") {
  add("a.jpg", "right");
  run();
  disk_tree.disk.write(kept("a.jpg"), "wrong");
  must(catalog->record_checks(
      disk, std::vector<catalog::Catalog::Checked>{{kept("a.jpg"), true, false}}));

  run();

  CHECK(disk_tree.disk.read(kept("a.jpg")) == "right");
  CHECK(tally.healed == 1);
  CHECK(owed(disk).empty());
}
