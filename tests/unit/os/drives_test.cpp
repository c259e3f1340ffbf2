// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/drives.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace keepsake;
using keepsake::tests::TempFolder;
namespace fs = std::filesystem;

namespace {

/// A system that knows some drives: files stand for their devices.
struct System {
  TempFolder folder;
  std::string mounts = "22 1 8:1 / / rw - ext4 /dev/root rw\n";

  fs::path plug_in(const std::string& device, const std::string& links, const std::string& name) {
    folder.write("dev/" + device, "");
    fs::create_directories(folder / "disk" / links);
    fs::create_symlink(folder / "dev" / device, folder / "disk" / links / name);
    return fs::canonical(folder / "dev" / device);
  }

  /// `root` is what of it is mounted there.
  void mount(const fs::path& device, const std::string& where, const std::string& root = "/") {
    mounts += "40 22 0:50 " + root + " " + where + " rw,nosuid shared:7 - fuseblk " +
              device.string() + " rw\n";
  }

  std::optional<os::Drive> find(const std::string& name) {
    folder.write("mountinfo", mounts);
    return os::find_drive(name, {folder / "mountinfo", folder / "disk"}).value();
  }
};

}  // namespace

TEST_CASE("a drive is found by UUID or label, and where it is mounted with it") {
  System system;
  const auto fat = system.plug_in("sdb1", "by-uuid", "9613-86F7");
  fs::create_directories(system.folder / "disk/by-label");
  fs::create_symlink(fat, system.folder / "disk/by-label/My\\x20Photos");
  system.mount(fat, "/media/jane/My\\040Photos");

  for (const char* const name : {"9613-86F7", "9613-86f7", "My Photos"}) {
    CAPTURE(name);
    const auto drive = system.find(name);
    REQUIRE(drive);
    CHECK(drive->device == fat);
    CHECK(drive->mounts == std::vector<fs::path>{"/media/jane/My Photos"});
  }
  CHECK(!system.find("9613-86F8"));
}

TEST_CASE("a drive that is plugged in and not mounted is there, and nowhere") {
  System system;
  system.plug_in("sdb1", "by-uuid", "9613-86F7");
  const auto other = system.plug_in("sdc1", "by-uuid", "0000-0001");
  system.mount(other, "/media/jane/other");

  const auto drive = system.find("9613-86F7");

  REQUIRE(drive);
  CHECK(drive->mounts.empty());
}

TEST_CASE("a folder of a drive that is mounted elsewhere is not the drive") {
  System system;
  const auto device = system.plug_in("sdb1", "by-uuid", "9613-86F7");
  system.mount(device, "/home/jane/only-this", "/some/folder");
  system.mount(device, "/media/jane/all");

  CHECK(system.find("9613-86F7")->mounts == std::vector<fs::path>{"/media/jane/all"});
}

TEST_CASE("lines that are none do not hide the others") {
  const auto mounts = os::mounts_in(
      "\n"
      "garbage - \n"
      "1 2 8:1 / /a rw - ext4\n"
      "1 2 8:1 / /b rw - ext4 /dev/sda1 rw\n"
      "1 2 8:1 / /c\\0 rw master:1 shared:2 - ext4 none rw\n");

  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].where == "/b");
  CHECK(mounts[0].source == "/dev/sda1");
  CHECK(mounts[1].where == "/c\\0");
}
