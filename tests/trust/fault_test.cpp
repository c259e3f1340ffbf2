// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/fault.h"

#include "tests/trust/photos.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>

using namespace keepsake::tests;

namespace {

namespace fs = std::filesystem;
using Kind = Call::Kind;
using Lasting = Fault::Lasting;

const Fault::Kinds that_take_room{Kind::create,
                                  Kind::write,
                                  Kind::resize,
                                  Kind::reserve,
                                  Kind::make_folder,
                                  Kind::rename,
                                  Kind::link,
                                  Kind::symlink};
const Fault::Kinds that_read{Kind::list, Kind::open, Kind::read};
const Fault::Kinds that_make_durable{Kind::write, Kind::sync, Kind::sync_folder, Kind::rename};
const Fault::Kinds that_need_rights{Kind::list,
                                    Kind::open,
                                    Kind::create,
                                    Kind::make_folder,
                                    Kind::rename,
                                    Kind::link,
                                    Kind::symlink,
                                    Kind::remove};
const Fault::Kinds that_change{Kind::create,
                               Kind::write,
                               Kind::resize,
                               Kind::reserve,
                               Kind::rename,
                               Kind::link,
                               Kind::symlink,
                               Kind::make_folder,
                               Kind::remove,
                               Kind::set_time,
                               Kind::set_mode};

/// All that goes wrong with a part of a machine that is written to.
std::vector<Fault> faults_of(const std::string& where) {
  return {
      {"it is full", where, that_take_room, Lasting::from_then_on, ENOSPC},
      {"one read fails", where, that_read, Lasting::once, EIO},
      {"one write or sync fails", where, that_make_durable, Lasting::once, EIO},
      {"it may not be entered any more", where, that_need_rights, Lasting::from_then_on, EACCES},
      {"it is read-only", where, that_change, Lasting::from_then_on, EROFS}};
}

/// A backup into a tree and a vault.
struct Backup : Photos {
  Backup() : Photos("backup") {
    add_tree("disk");
    add_vault("safe");
    learn(backup);
  }
};

void append(const fs::path& file) {
  if (fs::is_regular_file(file)) change(file);
}

/// The first and the last byte: who reads half before and half after has neither version.
void rewrite(const fs::path& path) {
  if (!fs::is_regular_file(path)) return;
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);
  file.put('\x01');
  file.seekp(20);
  file.put('\x01');
}

void take_away(const fs::path& file) {
  if (fs::is_regular_file(file)) fs::remove(file);
}

}  // namespace

TEST_CASE("what goes wrong with a drive stops that drive only, and the next backup catches up") {
  Backup trial;
  Faults faults(trial);
  for (const auto& [drive, other] : {std::pair("disk", "safe"), std::pair("safe", "disk")})
    for (Fault fault : faults_of(std::string("machine/") + drive)) {
      fault.exit_codes = {0, 3};
      fault.untouched = {other};

      faults.befall(fault);
    }
}

TEST_CASE("what goes wrong with the home is told, and the next backup catches up") {
  Backup trial;
  Faults faults(trial);
  for (Fault fault : faults_of("machine/home")) {
    fault.exit_codes = {0, 1, 3};

    faults.befall(fault);
  }
}

TEST_CASE("what goes wrong with a source is told, costs no other photo, and is made up for") {
  Backup trial;
  Faults faults(trial);
  const std::string where = "sources/pictures";
  for (Fault fault : {Fault{"one read fails", where, that_read, Lasting::once, EIO},
                      Fault{"it may not be entered any more",
                            where,
                            that_need_rights,
                            Lasting::from_then_on,
                            EACCES},
                      Fault{"a file grows while it is read",
                            where,
                            {Kind::open, Kind::read},
                            Lasting::once,
                            0,
                            append},
                      Fault{"a file is rewritten while it is read",
                            where,
                            {Kind::open, Kind::read},
                            Lasting::once,
                            0,
                            rewrite},
                      Fault{"a file vanishes",
                            where,
                            {Kind::look, Kind::open, Kind::read},
                            Lasting::once,
                            0,
                            take_away}}) {
    fault.exit_codes = {0, 1, 3};

    faults.befall(fault);
  }
}

TEST_CASE("a clock that jumps costs nothing but a lock that may have run out") {
  using std::chrono::hours;
  Backup trial;
  Faults faults(trial);
  for (const auto& [what, by] : {std::pair("the clock goes back by a day", -hours(24)),
                                 std::pair("the clock goes back by a year", -hours(8'766)),
                                 std::pair("the clock goes on by ten years", hours(87'660))}) {
    Fault fault{what, "machine", that_change, Lasting::from_then_on};
    fault.clock = by;
    fault.exit_codes = {0};
    // Of a vault's lock it cannot be told whether others took it for dead meanwhile.
    if (by > hours(0)) fault.exit_codes.insert(3);

    faults.befall(fault);
  }
}
