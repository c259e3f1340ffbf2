// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sqlite/database.h"
#include "tests/support/program.h"
#include "tests/trust/trial.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

/// A small library of photos in a folder, and what their owner does to them.
namespace keepsake::tests {

inline const Trial::Words backup{"backup"};
inline const Trial::Words verify{"verify"};
inline const Trial::Words repair{"verify", "--repair"};
inline const Trial::Words rebuild{"catalog", "rebuild"};

inline Trial::Words take_out_of_quarantine(const std::string& destination) {
  return {"quarantine", destination, "restore", "name:*"};
}

inline Trial::Words empty_quarantine(const std::string& destination) {
  return {"quarantine", destination, "empty", "--last-copies"};
}

/// Adds bytes at the end of a file, as somebody does who changes a picture.
inline void change(const std::filesystem::path& file) {
  std::ofstream(file, std::ios::app) << "changed";
}

/// Of several months, one large enough to be written past the page cache, one twice.
inline void make_photos(const std::filesystem::path& folder, int count) {
  namespace fs = std::filesystem;
  const Ran made =
      run({{KEEPSAKE_PICTURES, "small", folder.string(), "--files", std::to_string(count)}});
  REQUIRE_MESSAGE(made.exit_code == 0, made.err);
  fs::copy_file(folder / "2020-01/IMG_000000.JPG", folder / "twice.jpg");
  std::ofstream large(folder / "2020-02/IMG_000001.JPG", std::ios::app);
  large << std::string(1'200'000, 'x');
}

/// One is changed, one goes, one comes, one gets another name.
inline void change_photos(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  change(folder / "2020-03/IMG_000002.JPG");
  fs::remove(folder / "2020-04/IMG_000003.JPG");
  fs::copy_file(folder / "2020-05/IMG_000004.JPG", folder / "new.jpg");
  change(folder / "new.jpg");
  fs::rename(folder / "twice.jpg", folder / "another.jpg");
}

struct Photos : Trial {
  explicit Photos(const std::string& name, int count = 5) : Trial(name) {
    make_photos(pictures(), count);
    stage().expect(0, {"source", "add", "pictures", "folder", pictures().string()});
  }

  [[nodiscard]] std::filesystem::path pictures() const { return stage().sources() / "pictures"; }

  void back_up_and_change() {
    stage().expect(0, backup);
    change_photos(pictures());
  }

  /// Two photos that the destination holds are gone, to be put away there at the next backup.
  void lose_photos_to_quarantine(const std::string& destination) {
    const auto file = stage().machine() / "home/keepsake.toml";
    std::ostringstream settings;
    settings << std::ifstream(file).rdbuf();
    auto text = settings.str();
    const auto table = "[destination." + destination + "]\n";
    text.insert(text.find(table) + table.size(),
                "on_source_delete = \"quarantine\"\nquarantine_days = 1\n");
    std::ofstream(file) << text;
    stage().expect(0, backup);
    for (const char* photo : {"2020-03/IMG_000002.JPG", "2020-04/IMG_000003.JPG"})
      std::filesystem::remove(pictures() / photo);
  }

  /// As if what lies in quarantine had been there for two days more.
  void let_days_pass() const {
    auto ledger =
        sqlite::Database::open(stage().machine() / "home/catalog.db", sqlite::Access::read_write);
    REQUIRE(ledger);
    REQUIRE(ledger->run("UPDATE path SET quarantined_at = quarantined_at - 172800000"));
  }
};

}  // namespace keepsake::tests
