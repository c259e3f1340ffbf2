// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/salvage.h"

#include "tests/support/test_vault.h"
#include "tests/support/vault_builder.h"
#include "vault/check.h"
#include "vault/lock.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using namespace keepsake::vault;
namespace fs = std::filesystem;

namespace {

struct HeldLock final : vault::Lock {
  bool lost = false;

  Result<> check() override {
    if (lost) return fail(Cause::locked, "the lock was lost");
    return {};
  }
};

/// A vault of some photos, one pack of which is named.
struct Photos : TestVault {
  std::map<std::string, std::string> files;
  FileId pack;  ///< it holds the first photo
  BlobId first;

  Photos() {
    for (char name = 'a'; name < 'k'; ++name)
      files[std::string(1, name) + ".jpg"] = noise(20'000, static_cast<unsigned char>(name));
    REQUIRE(snapshot_of(files).has_value());
    first = crypto::sha256(bytes_of(files.at("a.jpg")));
    pack = repository->index().find(BlobKind::data, first)->pack;
  }

  [[nodiscard]] CheckReport look() const {
    const auto fresh = Repository::open(*storage_beside(), test_password()).value();
    return vault::check(*fresh, {}, {}, {}).value();
  }

  /// The same vault, where nothing fails.
  [[nodiscard]] storage::Storage* storage_beside() const {
    if (!beside) beside = storage::make_local(os::open_folder(disk.path()).value());
    return beside.get();
  }

  Result<Salvaged> salvage(const std::vector<FileId>& bad) {
    HeldLock lock;
    return vault::salvage(*repository, lock, bad, std::stop_token());
  }

  /// Overwrites what lies at a place of a file.
  void hurt(const std::string& name, std::size_t place) const {
    auto bytes = disk.read(name);
    bytes.at(place) = static_cast<char>(bytes.at(place) ^ 1);
    fs::permissions(disk / name, fs::perms::owner_all);
    disk.write(name, bytes);
  }

  void hurt_first_blob() const {
    const auto found = repository->index().find(BlobKind::data, first);
    hurt(pack_name(pack), found->place.offset + 100);
  }

  void hurt_header() const { hurt(pack_name(pack), disk.read(pack_name(pack)).size() - 20); }

  [[nodiscard]] std::string index_name() const {
    return "index/" + fs::directory_iterator(disk / "index")->path().filename().string();
  }

 private:
  mutable std::unique_ptr<storage::Storage> beside;
};

}  // namespace

TEST_CASE_FIXTURE(Photos, "of a damaged pack everything is kept but the blob that is lost") {
  hurt_first_blob();
  const auto before = look();
  REQUIRE(before.bad_packs == std::vector{pack});

  const auto salvaged = salvage(before.bad_packs).value();

  CHECK(salvaged.lost == std::vector{std::pair(BlobKind::data, first)});
  CHECK(salvaged.removed_packs == std::vector{pack});
  CHECK_FALSE(disk.has(pack_name(pack)));
  const auto after = look();
  CHECK(after.bad_packs.empty());
  CHECK(after.lost_blobs == salvaged.lost);
  CHECK(after.broken_paths.size() == 1);
}

TEST_CASE_FIXTURE(Photos, "what was lost heals when the same bytes are stored again") {
  if (!Restic::is_installed()) return;
  hurt_first_blob();
  REQUIRE(salvage({pack}).has_value());

  open();
  REQUIRE(store(files.at("a.jpg")).has_value());
  REQUIRE(writer->flush().has_value());

  CHECK(look().findings.empty());
  restic.check();
  CHECK(restored() == files);
}

TEST_CASE_FIXTURE(Photos, "where only a header or an index is damaged nothing is lost") {
  if (!Restic::is_installed()) return;

  SUBCASE("the pack's header") { hurt_header(); }
  SUBCASE("the index") { hurt(index_name(), 50); }
  SUBCASE("no index at all") { fs::remove(disk / index_name()); }
  SUBCASE("a pack with bytes too many") {
    fs::permissions(disk / pack_name(pack), fs::perms::owner_all);
    disk.write(pack_name(pack), disk.read(pack_name(pack)) + "!");
  }

  REQUIRE_FALSE(look().findings.empty());
  const auto salvaged = salvage(look().bad_packs).value();

  CHECK(salvaged.lost.empty());
  CHECK(look().findings.empty());
  restic.check();
  CHECK(restored() == files);
}

TEST_CASE_FIXTURE(Photos, "a missing pack leaves the index, and its blobs are lost") {
  const auto held = repository->index().blobs_of(pack).size();
  fs::remove(disk / pack_name(pack));

  const auto salvaged = salvage({}).value();

  CHECK(salvaged.lost.size() == held);
  CHECK(salvaged.removed_packs.empty());
  CHECK(look().bad_packs.empty());
}

TEST_CASE_FIXTURE(Photos, "a vault that is whole is left as it is") {
  const auto index = index_name();

  const auto salvaged = salvage({}).value();

  CHECK(salvaged.lost.empty());
  CHECK(salvaged.written == ByteCount{0});
  CHECK(index_name() == index);
}

TEST_CASE("stopped anywhere, a salvage has harmed nothing and can be done again") {
  bool done = false;
  for (int n = 1; !done; ++n) {
    CAPTURE(n);
    Photos vault;
    vault.hurt_first_blob();
    vault.fortune->fail_from(n);

    done = vault.salvage({vault.pack}).has_value();
    vault.fortune->fails = nullptr;
    vault.storage.cut_power();

    const auto after = vault.look();
    for (const auto& lost : after.lost_blobs) CHECK(lost.second == vault.first);
    CHECK(after.broken_paths.size() == 1);
    vault.open();
    REQUIRE(vault.salvage(after.bad_packs).has_value());
    CHECK(vault.look().bad_packs.empty());
    CHECK(vault.look().broken_paths.size() == 1);
  }
}

TEST_CASE_FIXTURE(Photos, "without its lock a salvage removes nothing") {
  hurt_first_blob();
  HeldLock lock;
  lock.lost = true;
  const auto index = index_name();

  const auto salvaged = vault::salvage(*repository, lock, std::vector{pack}, std::stop_token());

  CHECK(salvaged.error().cause == Cause::locked);
  CHECK(disk.has(pack_name(pack)));
  CHECK(index_name() == index);
}

TEST_CASE("where the index and the header disagree about lengths the truth is written") {
  const TempFolder folder;
  const VaultBuilder builder(folder);
  const std::string text(5000, 'x');
  auto contents = builder.pack({builder.compressed(BlobKind::data, text)},
                               [](auto& blobs) { blobs[0].plain_length = 4999; });
  contents.blobs[0].plain_length = 5001;
  static_cast<void>(builder.index({contents}));
  const auto storage = storage::make_local(os::open_folder(folder.path()).value());
  const auto repository = Repository::open(*storage, Secret("pass")).value();
  const auto bad = check(*repository, {}, {}, {}).value().bad_packs;
  REQUIRE(bad.size() == 1);
  HeldLock lock;

  const auto salvaged = salvage(*repository, lock, bad, std::stop_token()).value();

  CHECK(salvaged.lost.empty());
  CHECK(check(*repository, {}, {}, {}).value().findings.empty());
}
