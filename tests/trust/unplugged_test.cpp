// SPDX-License-Identifier: GPL-3.0-or-later
// Drives that are pulled out while they are written to: real file systems on loop devices. Needs
// the rights of root, so it is part of `./do soak` alone.
#include "tests/support/soak.h"
#include "tests/journey/journey.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace keepsake::tests;
using std::chrono::steady_clock;

namespace {

std::string must(const std::vector<std::string>& words) {
  const auto ran = run({words});
  if (ran.exit_code != 0) throw std::runtime_error(words.front() + ": " + ran.out + ran.err);
  auto text = ran.out;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// How a file system is made on a device, and mounted.
struct FileSystem {
  std::string name;
  std::vector<std::string> make;
  std::vector<std::string> mount;
};

const std::vector<FileSystem>& file_systems() {
  static const std::vector<FileSystem> all{
      {"ext4", {"mkfs.ext4", "-q", "-F"}, {"mount", "-t", "ext4"}},
      {"NTFS (ntfs-3g)", {"mkntfs", "-q", "-F", "-Q"}, {"ntfs-3g"}},
      {"exFAT (exfat-fuse)", {"mkfs.exfat"}, {"mount.exfat-fuse"}},
      {"FAT32 (fusefat)", {"mkfs.vfat", "-F", "32"}, {"fusefat", "-o", "rw+"}}};
  return all;
}

/// Empty where it can be made and mounted here, else the reason.
std::string why_not(const FileSystem& kind) {
  if (geteuid() != 0) return "it needs the rights of root";
  for (const auto& program : {kind.make.front(), kind.mount.front(), std::string("losetup")})
    if (run({{"sh", "-c", "command -v " + program}}).exit_code != 0)
      return "there is no " + program;
  if (run({{"losetup", "--find"}}).exit_code != 0) return "there are no loop devices";
  return {};
}

/// A drive, as udev would show it.
class Stick {
 public:
  explicit Stick(const FileSystem& kind) : kind_(kind) {
    must({"truncate", "-s", "400M", image().string()});
    device_ = must({"losetup", "--show", "--find", image().string()});
    auto make = kind.make;
    make.push_back(device_);
    must(make);
    fs::create_directories(mount());
    fs::create_directories("/dev/disk/by-label");
    fs::create_symlink(device_, link());
    plug_in();
  }

  Stick(const Stick&) = delete;
  Stick& operator=(const Stick&) = delete;

  ~Stick() {
    run({{"umount", "-l", mount().string()}});
    run({{"losetup", "-d", device_}});
    std::error_code error;
    fs::remove(link(), error);
  }

  void plug_in() {
    auto words = kind_.mount;
    words.push_back(device_);
    words.push_back(mount().string());
    must(words);
  }

  /// Nothing that was not written out by then reaches it any more.
  void pull_out() {
    if (kind_.mount.front() == "mount") {
      constexpr std::uint32_t no_last_words = 2;
      const int folder = open(mount().c_str(), O_RDONLY | O_DIRECTORY);
      if (folder < 0 || ioctl(folder, _IOR('X', 125, std::uint32_t), &no_last_words) != 0)
        throw std::runtime_error("the file system cannot be shut down");
      close(folder);
    } else {
      must({"pkill",
            "-9",
            "-f",
            fmt::format("^{} {}", fmt::join(kind_.mount, " "), device_)});
    }
    must({"umount", "-l", mount().string()});
  }

  [[nodiscard]] fs::path mount() const { return folder_ / "mount"; }

  /// What it is called.
  [[nodiscard]] std::string label() const { return link().filename().string(); }

 private:
  [[nodiscard]] fs::path image() const { return folder_ / "image"; }

  [[nodiscard]] fs::path link() const {
    return fs::path("/dev/disk/by-label") / folder_.path().filename();
  }

  const FileSystem& kind_;
  TempFolder folder_;
  std::string device_;
};

/// So many more pictures for a backup to bring.
void take_pictures(const Journey& journey, int number) {
  for (int i = 0; i < 40; ++i)
    write_file(journey / fmt::format("pictures/{}-{}.jpg", number, i),
               read_file(journey / "pictures/first.jpg") + fmt::format("{} {}", number, i));
}

}  // namespace

TEST_CASE(
    "a drive that is pulled out at any moment of a backup loses nothing, and the next one "
    "completes") {
  const int moments = is_soak() ? 50 : 5;
  for (const FileSystem& kind : file_systems()) {
    CAPTURE(kind.name);
    if (const auto reason = why_not(kind); !reason.empty()) {
      fmt::print("SKIPPED: {} pulled out, because {}\n", kind.name, reason);
      continue;
    }
    Journey journey;
    Stick stick(kind);
    make_small_library(journey / "pictures", 1);
    for (const auto& file : fs::recursive_directory_iterator(journey / "pictures"))
      if (file.is_regular_file()) fs::copy_file(file, journey / "pictures/first.jpg");
    journey.set_up({});
    journey.use_password("correct horse");
    make_cheap_vault(stick.mount() / "safe", "correct horse");
    const auto place = "drive:" + stick.label();
    journey.expect(0, {"destination", "add", "tree", "folder", place + "/photos"});
    journey.expect(0, {"destination", "add", "safe", "vault", place + "/safe"});
    take_pictures(journey, 0);
    const auto begin = steady_clock::now();
    journey.expect(0, {"backup"});
    const auto whole = steady_clock::now() - begin;

    std::map<int, int> ends;
    for (int moment = 1; moment <= moments; ++moment) {
      CAPTURE(moment);
      take_pictures(journey, moment);
      Process backup(journey.command({"backup"}));
      std::this_thread::sleep_for(whole * moment / moments);
      stick.pull_out();
      const auto ran = backup.wait();
      INFO(ran.out, ran.err);
      // 1: what was read or written at that moment failed by itself, not the drive as a whole.
      CHECK((ran.exit_code <= 1 || ran.exit_code == 3 || ran.exit_code == 23));
      ++ends[ran.exit_code];
      CHECK(journey.keepsake({"backup"}).exit_code == 23);  // it is not there
      stick.plug_in();
      journey.expect(0, {"backup"});
    }

    CHECK(sums_are_right(stick.mount() / "photos"));
    CHECK(contents(stick.mount() / "photos/Photos").size() ==
          contents(journey / "pictures").size());
    CHECK(run({{"restic",
                "--no-cache",
                "--repo",
                (stick.mount() / "safe").string(),
                "check",
                "--read-data"},
               journey / ".",
               {{"RESTIC_PASSWORD", "correct horse"}}})
              .exit_code == 0);
    const auto ejected = journey.expect(0, {"destination", "eject", "tree"});
    CHECK(ejected["unmounted"] == true);
    CHECK(journey.expect(0, {"destination", "eject", "tree"})["unmounted"] == false);
    std::string table;
    for (const auto& [code, count] : ends) table += fmt::format(" {} x {}", count, code);
    MESSAGE(
        kind.name, ": pulled out ", moments, " times; the interrupted backups ended with", table);
  }
}
