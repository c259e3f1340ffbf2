// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/verify.h"

#include "tests/support/backed_up.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using Ids = std::vector<std::string>;

namespace {

constexpr verify::Amount sizes_only{0};
constexpr verify::Amount all{1};

struct Fixture : BackedUp {
  Fixture() {
    for (char c = 'a'; c <= 'd'; ++c) add(std::string(1, c) + ".jpg", std::string("bytes of ") + c);
    run({disk});
  }

  Result<verify::Report> try_verify(const verify::Amount& amount) {
    return verify::verify(*catalog, *disk_tree.tree, disk, amount, {}, stop.get_token());
  }

  verify::Report verify(const verify::Amount& amount) { return must(try_verify(amount)); }

  void damage(const std::string& id) const { disk_tree.disk.write(kept(id), "bYtes of a"); }

  bool verified(const std::string& id) const {
    const auto known = account(id);
    return known.in(disk)->files.at(0).verified_at.has_value();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what lies there as it was kept is verified when it was read") {
  const auto report = verify(all);

  CHECK(report.checked == 4);
  CHECK(report.bytes_read == ByteCount{40});
  CHECK(report.damaged.empty());
  CHECK(report.missing.empty());
  CHECK_FALSE(report.records_damaged);
  CHECK(verified("a.jpg"));
  CHECK(owed(disk).empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "sizes alone verify nothing, and find what is missing or of another size") {
  damage("a.jpg");
  disk_tree.disk.write(kept("b.jpg"), "short");
  std::filesystem::remove(disk_tree.disk / kept("c.jpg"));

  const auto report = verify(sizes_only);

  CHECK(report.checked == 4);
  CHECK(report.bytes_read == ByteCount{0});
  REQUIRE(report.damaged.size() == 1);
  CHECK(report.damaged[0].path == kept("b.jpg"));
  CHECK(report.damaged[0].asset == "b.jpg");
  REQUIRE(report.missing.size() == 1);
  CHECK(report.missing[0].path == kept("c.jpg"));
  CHECK(report.missing[0].cause == Cause::not_found);
  CHECK_FALSE(verified("d.jpg"));
  CHECK(owed(disk) == Ids{"b.jpg", "c.jpg"});
}

TEST_CASE_FIXTURE(Fixture, "one wrong byte is found by reading, and owed again") {
  damage("a.jpg");

  const auto report = verify(all);

  REQUIRE(report.damaged.size() == 1);
  CHECK(report.damaged[0].path == kept("a.jpg"));
  CHECK(report.damaged[0].cause == Cause::corrupt);
  CHECK_FALSE(verified("a.jpg"));
  CHECK(verified("b.jpg"));
  CHECK(owed(disk) == Ids{"a.jpg"});

  run({disk});
  CHECK(verify(all).damaged.empty());
}

TEST_CASE_FIXTURE(Fixture, "a damaged file stays damaged until it was read and found right") {
  damage("a.jpg");
  CHECK(verify(all).damaged.size() == 1);

  CHECK(verify(sizes_only).damaged.size() == 1);

  disk_tree.disk.write(kept("a.jpg"), "bytes of a");
  CHECK(verify(sizes_only).damaged.size() == 1);
  CHECK(verify(all).damaged.empty());
}

TEST_CASE_FIXTURE(Fixture, "samples come round to every file") {
  for (int i = 0; i < 4; ++i) CHECK(verify({0.25}).bytes_read == ByteCount{10});

  for (const char* id : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}) CHECK(verified(id));
}

TEST_CASE_FIXTURE(Fixture, "a folder or a link in the place of a photo is damage") {
  std::filesystem::remove(disk_tree.disk / kept("a.jpg"));
  std::filesystem::create_directory(disk_tree.disk / kept("a.jpg"));
  std::filesystem::remove(disk_tree.disk / kept("b.jpg"));
  std::filesystem::create_symlink("c.jpg", disk_tree.disk / kept("b.jpg"));

  const auto report = verify(all);

  CHECK(report.damaged.size() + report.missing.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "damaged sums and records are told") {
  SUBCASE("a sum altered") {
    auto sums = disk_tree.disk.read(".keepsake/SHA256SUMS");
    sums[0] = sums[0] == '0' ? '1' : '0';
    disk_tree.disk.write(".keepsake/SHA256SUMS", sums);
  }
  SUBCASE("a sum lost") {
    const auto sums = disk_tree.disk.read(".keepsake/SHA256SUMS");
    disk_tree.disk.write(".keepsake/SHA256SUMS", sums.substr(sums.find('\n') + 1));
  }
  SUBCASE("a sum too many") {
    const auto sums = disk_tree.disk.read(".keepsake/SHA256SUMS");
    disk_tree.disk.write(".keepsake/SHA256SUMS", sums + std::string(64, '0') + "  Photos/z\n");
  }
  SUBCASE("the sums torn") {
    const auto sums = disk_tree.disk.read(".keepsake/SHA256SUMS");
    disk_tree.disk.write(".keepsake/SHA256SUMS", sums.substr(0, sums.size() - 3));
  }
  SUBCASE("no sums") { std::filesystem::remove(disk_tree.disk / ".keepsake/SHA256SUMS"); }
  SUBCASE("a record torn") {
    const auto records = disk_tree.disk.read(".keepsake/manifest/undated.jsonl");
    disk_tree.disk.write(".keepsake/manifest/undated.jsonl", records.substr(0, records.size() - 9));
  }
  SUBCASE("no records") {
    std::filesystem::remove(disk_tree.disk / ".keepsake/manifest/undated.jsonl");
  }
  SUBCASE("records of zeros") {
    disk_tree.disk.write(".keepsake/manifest/undated.jsonl", std::string(5 << 20, '\0'));
  }

  const auto report = verify(all);

  CHECK(report.records_damaged);
  CHECK(report.damaged.size() == 1);
  CHECK(report.missing.empty());
}

TEST_CASE_FIXTURE(Fixture, "the sums of an interrupted run are not called damaged") {
  disk_tree.begin();
  disk_tree.keep(upload_of("z.jpg", "z"), "z");
  disk_tree.session.reset();

  const auto report = verify(all);

  CHECK_FALSE(report.records_damaged);
  CHECK(report.notes.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a drive that goes away in the middle damages nothing") {
  disk_tree.watch->error = Error{Cause::absent, "unplugged", {}, Scope::destination};
  SUBCASE("when a file is looked at") {
    disk_tree.watch->fate = [](Operation operation, const RelativePath& path) {
      return operation == Operation::look && path.text() == kept("c.jpg") ? Fate::fails
                                                                          : Fate::happens;
    };
  }
  SUBCASE("when a file is opened") {
    disk_tree.watch->fate = [](Operation operation, const RelativePath& path) {
      return operation == Operation::open && path.text() == kept("c.jpg") ? Fate::fails
                                                                          : Fate::happens;
    };
  }

  const auto report = try_verify(all);

  REQUIRE_FALSE(report);
  CHECK(report.error().cause == Cause::absent);
  CHECK(owed(disk).empty());
}

TEST_CASE_FIXTURE(Fixture, "a verification that is stopped says so") {
  stop.request_stop();

  const auto report = try_verify(all);

  REQUIRE_FALSE(report);
  CHECK(report.error().cause == Cause::cancelled);
}
