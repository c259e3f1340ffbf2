// SPDX-License-Identifier: GPL-3.0-or-later
// Drives that are pulled out while they are written to: real file systems on loop devices. Needs
// the rights of root, so it is part of `./do soak` alone.
#include "tests/journey/journey.h"
#include "tests/support/soak.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
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
      {"exFAT (exfat-fuse)", {"mkfs.exfat"}, {"mount.exfat-fuse"}}};
  return all;
}

/// Empty where root has these programs and loop devices here, else the reason.
std::string why_not(std::vector<std::string> programs) {
  if (geteuid() != 0) return "it needs the rights of root";
  programs.emplace_back("losetup");
  for (const auto& program : programs)
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
      must({"pkill", "-9", "-f", "^" + kind_.mount.front() + " " + device_});
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

/// The programs that mount drives on a desktop, on a bus of their own.
class Udisks {
 public:
  static constexpr const char* program = "/usr/libexec/udisks2/udisksd";
  static constexpr const char* udev = "/lib/systemd/systemd-udevd";

  Udisks() {
    folder_.write("bus.conf",
                  fmt::format("<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus "
                              "Configuration 1.0//EN\" \"http://www.freedesktop.org/standards/dbus/"
                              "1.0/busconfig.dtd\"><busconfig><listen>{}</listen>"
                              "<auth>EXTERNAL</auth><policy context=\"default\">"
                              "<allow send_destination=\"*\" eavesdrop=\"true\"/>"
                              "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
                              address()));
    bus_.emplace(
        Command{{"dbus-daemon", "--nofork", "--config-file=" + (folder_ / "bus.conf").string()}});
    if (run({{"udevadm", "control", "--ping"}}).exit_code != 0) udev_.emplace(Command{{udev}});
    udisks_.emplace(Command{{program}, ".", {{"DBUS_SYSTEM_BUS_ADDRESS", address()}}});
    const auto is_there = [&] {
      return run({{"udisksctl", "status"}, ".", {{"DBUS_SYSTEM_BUS_ADDRESS", address()}}})
                 .exit_code == 0;
    };
    if (!comes_true(is_there)) throw std::runtime_error("udisks does not start");
  }

  [[nodiscard]] std::string address() const {
    return fmt::format("unix:path={}", (folder_ / "bus").string());
  }

 private:
  TempFolder folder_;
  std::optional<Process> bus_;
  std::optional<Process> udev_;  ///< where none runs already
  std::optional<Process> udisks_;
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
    const auto reason = why_not({kind.make.front(), kind.mount.front()});
    if (!reason.empty()) {
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

TEST_CASE(
    "a drive that is plugged in is mounted by udisks for a backup, and unmounted when it is "
    "ejected") {
  if (const auto reason = why_not(
          {"mkfs.ext4", "dbus-daemon", "udevadm", "udisksctl", Udisks::program, Udisks::udev});
      !reason.empty()) {
    fmt::print("SKIPPED: udisks, because {}\n", reason);
    return;
  }
  const Udisks udisks;
  const TempFolder folder;
  const auto image = (folder / "image").string();
  const auto label = fmt::format("KEEPSAKE{}", getpid());
  must({"truncate", "-s", "100M", image});
  must({"mkfs.ext4", "-q", "-F", "-L", label, image});
  const auto device = must({"losetup", "--show", "--find", image});
  must({"udevadm", "trigger", "--action=add", "--name-match", device});
  must({"udevadm", "settle"});
  const auto is_mounted = [&] { return run({{"findmnt", device}}).exit_code == 0; };
  Journey journey;
  journey.use_variable("DBUS_SYSTEM_BUS_ADDRESS", udisks.address());
  make_small_library(journey / "pictures", 20);
  journey.set_up({});

  journey.expect(0, {"destination", "add", "stick", "folder", "drive:" + label + "/photos"});
  CHECK(is_mounted());
  journey.expect(0, {"backup"});
  CHECK(journey.expect(0, {"destination", "eject", "stick"})["unmounted"] == true);
  CHECK_FALSE(is_mounted());
  journey.expect(0, {"backup"});
  CHECK(is_mounted());
  CHECK(journey.expect(0, {"verify"})["damaged"].empty());
  CHECK(journey.expect(0, {"destination", "eject", "stick"})["unmounted"] == true);

  must({"losetup", "-d", device});
}
