// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/kept_vault.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using namespace std::chrono_literals;

namespace {

/// A vault that keeps two photos of two months; damage can be done to a blob of it.
struct Fixture : KeptVault {
  const std::string photo = noise(100'000, 1);
  const std::string other = noise(50'000, 2);

  Fixture() {
    begin();
    keep(first(), photo);
    keep(second(), other);
    close();
    clock.time += 5min;
  }

  [[nodiscard]] destination::Upload first() const { return upload_of("a.jpg", photo); }

  [[nodiscard]] destination::Upload second() const {
    auto upload = upload_of("b.jpg", other);
    upload.path = upload.record.path = "Photos/2023/2023-01/b.jpg";
    upload.record.month = "2023-01";
    return upload;
  }

  /// Turns a byte of a blob, as a rotten disk does.
  void damage(vault::BlobKind kind, const vault::BlobId& id) {
    made.open();
    const auto found = made.repository->index().find(kind, id);
    REQUIRE(found);
    const auto name = vault::pack_name(found->pack);
    auto bytes = made.disk.read(name);
    bytes[found->place.offset + 20] ^= 1;
    std::filesystem::permissions(made.disk / name, std::filesystem::perms::owner_all);
    made.disk.write(name, bytes);
    open_vault();
  }

  /// The folder that lies at a place of the newest snapshot.
  vault::BlobId folder_at(const std::string& place) {
    const auto tree = vault->newest_of_ours().value()->tree;
    made.open();
    return *made.repository->find(tree, place).value()->subtree;
  }

  destination::SelfCheck look() const {
    auto checked = vault->check({}, {}, {});
    REQUIRE_MESSAGE(checked, checked.error().message());
    return **checked;
  }

  void set_aside() const {
    const auto set = vault->set_damage_aside({});
    REQUIRE_MESSAGE(set, set.error().message());
  }

  void check_whole() {
    open_vault();
    CHECK(look().faults.empty());
    CHECK(text_of_file(first().path) == photo);
    CHECK(text_of_file(second().path) == other);
    CHECK(records().size() == 2);
    if (Restic::is_installed()) restic.check();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a vault without damage checks well, and has nothing to set aside") {
  const auto checked = look();

  CHECK(checked.faults.empty());
  CHECK(checked.checked > 0);
  CHECK(checked.bytes_read.value > photo.size());
  set_aside();
  check_whole();
}

TEST_CASE_FIXTURE(Fixture, "a damaged photo is named by its path, and healed under the same id") {
  damage(vault::BlobKind::data, content_of(photo).sha256);
  const auto before = snapshots();
  const auto faults = look().faults;
  CHECK(std::any_of(faults.begin(), faults.end(), [&](const destination::Fault& fault) {
    return fault.is_path && fault.thing == first().path;
  }));
  CHECK(std::none_of(faults.begin(), faults.end(), [&](const destination::Fault& fault) {
    return fault.is_path && fault.thing == second().path;
  }));

  set_aside();
  CHECK_FALSE(vault->size_of(first().path).value());
  CHECK(text_of_file(second().path) == other);
  auto upload = first();
  upload.heals = true;
  begin();
  keep(upload, photo);
  const auto closed = close();

  CHECK_FALSE(closed.snapshot);
  CHECK(snapshots() == before);
  check_whole();
}

TEST_CASE_FIXTURE(Fixture, "a lost list of files stops a run, and is written anew by a repair") {
  damage(vault::BlobKind::tree, folder_at("photos/phone/2024"));
  begin();
  auto upload = upload_of("c.jpg", "c");
  REQUIRE(send(upload, "c"));
  REQUIRE(commit());
  const auto stopped = session->close();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().cause == Cause::corrupt);
  CHECK(stopped.error().what.find("keepsake verify --repair") != std::string::npos);
  std::filesystem::remove(home / "journal");
  open_vault();
  CHECK_FALSE(look().faults.empty());

  set_aside();
  CHECK_FALSE(vault->size_of(first().path).value());
  auto again = first();
  again.heals = true;
  begin();
  keep(again, photo);
  close();

  CHECK_FALSE(vault->take_warnings().empty());
  open_vault();
  CHECK(text_of_file(first().path) == photo);
  CHECK(text_of_file(second().path) == other);
}

TEST_CASE_FIXTURE(Fixture, "damaged records are counted, and written anew") {
  const auto tree = vault->newest_of_ours().value()->tree;
  made.open();
  const auto month =
      made.repository->find(tree, "keepsake/phone/assets/2024-05.jsonl").value().value();
  damage(vault::BlobKind::data, month.content.at(0));
  std::size_t seen = 0;
  const auto count = [&](const records::FileRecord&) -> Result<> {
    ++seen;
    return {};
  };
  CHECK(vault->each_record(count).value() == 1);
  CHECK(seen == 1);
  CHECK_FALSE(look().faults.empty());

  set_aside();
  begin();
  REQUIRE(session->begin_records_anew());
  std::vector<records::FileRecord> all;
  for (const auto& [upload, text] : {std::pair(first(), photo), std::pair(second(), other)}) {
    all.push_back(upload.record);
    all.back().version.content = content_of(text);
  }
  REQUIRE(session->describe(all));
  close();

  check_whole();
}
