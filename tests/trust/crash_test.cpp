// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/crash.h"

#include "tests/support/photos_bundle.h"
#include "tests/trust/cloud_photos.h"
#include "tests/trust/photos.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace keepsake::tests;

namespace {

namespace fs = std::filesystem;

void flip_a_byte_of_the_largest_file(const fs::path& folder) {
  fs::path largest;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  fs::permissions(largest, fs::perms::owner_write, fs::perm_options::add);
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(fs::file_size(largest) / 2);
  file.seekg(middle);
  const auto byte = static_cast<char>(file.get() ^ 1);
  file.seekp(middle);
  file.put(byte);
}

/// Of a backup from iCloud, each of whose runs asks for a while.
const std::size_t one_in_when_short_of_time = is_soak() ? 1 : 12;

/// What is a picture by its first bytes.
std::string jpeg_of(const std::string& text) { return "\xFF\xD8\xFF\xE0" + text + "\xFF\xD9"; }

}  // namespace

TEST_CASE("a first backup into a tree, interrupted at any moment, is finished by the next one") {
  Photos trial("first backup, tree");
  trial.add_tree("disk");

  Crash(trial).interrupt(backup, {backup, verify});
}

TEST_CASE("a later backup into a tree, interrupted at any moment, is finished by the next one") {
  Photos trial("later backup, tree");
  trial.add_tree("disk");
  trial.back_up_and_change();

  Crash(trial).interrupt(backup, {backup, verify});
}

TEST_CASE("a first backup into a vault, interrupted at any moment, is finished by the next one") {
  Photos trial("first backup, vault");
  trial.add_vault("safe");

  Crash(trial).interrupt(backup, {backup, verify});
}

TEST_CASE("a later backup into a vault, interrupted at any moment, is finished by the next one") {
  Photos trial("later backup, vault");
  trial.add_vault("safe");
  trial.back_up_and_change();

  Crash(trial).interrupt(backup, {backup, verify});
}

TEST_CASE("a backup of a larger library, interrupted at any moment, is finished by the next one") {
  if (!is_soak()) {
    MESSAGE("skipped: it takes minutes, and is run where KEEPSAKE_SOAK is set");
    return;
  }
  Photos trial("first backup, 200 photos", 200);
  trial.add_tree("disk");
  trial.add_vault("safe");

  Crash(trial, 50).interrupt(backup, {backup, verify});
}

TEST_CASE("a backup of a Photos library, interrupted at any moment, is finished by the next one") {
  Trial trial("first backup, Photos library");
  PhotosBundle library(PhotosBundle::Shape::newer);
  const auto lake = library.album("Lake");
  for (const char* uuid :
       {"AAAAAAAA-0000-4000-8000-000000000001", "BBBBBBBB-0000-4000-8000-000000000002"})
    library.put_in(lake, library.add(uuid, std::string(uuid, 4) + ".JPG", "jpeg", jpeg_of(uuid)));
  trial.stage().expect(
      0, {"source", "add", "mac", "photos-library", library.folder().path().string()});
  trial.add_tree("disk");
  trial.add_vault("safe");

  Crash(trial).interrupt(backup, {backup, verify});
}

TEST_CASE("a first backup of iCloud, interrupted at any moment, is finished by the next one") {
  CloudPhotos trial("first backup, iCloud");
  trial.add_tree("disk");
  trial.add_vault("safe");

  Crash(trial, one_in_when_short_of_time).interrupt(backup, {backup, verify});
}

TEST_CASE("a later backup of iCloud, interrupted at any moment, is finished by the next one") {
  CloudPhotos trial("later backup, iCloud");
  trial.add_tree("disk");
  trial.add_vault("safe");
  trial.back_up_and_change();

  Crash(trial, one_in_when_short_of_time).interrupt(backup, {backup, verify});
}

TEST_CASE("the repair of a tree, interrupted at any moment, is finished by the next one") {
  Photos trial("verify --repair, tree");
  trial.add_tree("disk");
  trial.stage().expect(0, backup);
  const auto tree = trial.stage().machine() / "disk";
  change(tree / "Photos/2020/2020-03/IMG_000002.JPG");
  fs::remove(tree / "Photos/2020/2020-04/IMG_000003.JPG");
  change(tree / ".keepsake/manifest/2020-05.jsonl");

  Crash(trial).interrupt(repair, {repair, verify, backup});
}

TEST_CASE("the repair of a vault, interrupted at any moment, is finished by the next one") {
  Photos trial("verify --repair, vault");
  trial.add_vault("safe");
  trial.stage().expect(0, backup);
  flip_a_byte_of_the_largest_file(trial.stage().machine() / "safe/data");

  Crash(trial).interrupt(repair, {repair, verify, backup});
}

TEST_CASE("a restore, interrupted at any moment, is finished by the next one") {
  for (const std::string from : {"disk", "safe"}) {
    Photos trial("restore from " + from);
    trial.add_tree("disk");
    trial.add_vault("safe");
    trial.stage().expect(0, backup);
    trial.also_watch("restored");
    const Trial::Words restore{"restore", "--from", from, "--to", "restored"};

    Crash(trial).interrupt(restore, {restore});
  }
}

TEST_CASE("a rebuild of the catalog, interrupted at any moment, costs no later run anything") {
  Photos trial("catalog rebuild");
  trial.add_tree("disk");
  trial.add_vault("safe");
  trial.back_up_and_change();
  trial.leave_in_the_middle_of(backup);

  Crash(trial).interrupt(rebuild, {backup, verify, rebuild, backup});
}

TEST_CASE(
    "what is put into quarantine, interrupted at any moment, is put there by the next backup") {
  for (const std::string into : {"disk", "safe"}) {
    Photos trial("into quarantine, " + into);
    into == "disk" ? trial.add_tree(into) : trial.add_vault(into);
    trial.lose_photos_to_quarantine(into);

    Crash(trial).interrupt(backup, {backup, verify});
  }
}

TEST_CASE(
    "what is taken out of quarantine, interrupted at any moment, is taken out the next time") {
  for (const std::string from : {"disk", "safe"}) {
    Photos trial("out of quarantine, " + from);
    from == "disk" ? trial.add_tree(from) : trial.add_vault(from);
    trial.lose_photos_to_quarantine(from);
    trial.stage().expect(0, backup);
    const auto take_out = take_out_of_quarantine(from);

    Crash(trial).interrupt(take_out, {take_out, backup, verify});
  }
}

TEST_CASE("the emptying of a quarantine, interrupted at any moment, is finished the next time") {
  for (const std::string of : {"disk", "safe"}) {
    Photos trial("quarantine emptied, " + of);
    of == "disk" ? trial.add_tree(of) : trial.add_vault(of);
    trial.lose_photos_to_quarantine(of);
    trial.stage().expect(0, backup);
    trial.let_days_pass();
    const auto empty = empty_quarantine(of);

    Crash(trial).interrupt(empty, {empty, backup, verify});
  }
}
