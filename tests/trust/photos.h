// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/program.h"
#include "tests/trust/trial.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

/// A small library of photos in a folder, and what their owner does to them.
namespace keepsake::tests {

inline const Trial::Words backup{"backup"};
inline const Trial::Words verify{"verify"};
inline const Trial::Words repair{"verify", "--repair"};
inline const Trial::Words rebuild{"catalog", "rebuild"};

/// Adds bytes at the end of a file, as somebody does who changes a picture.
inline void change(const std::filesystem::path& file) {
  std::ofstream(file, std::ios::app) << "changed";
}

/// Of several months, one large enough to be written past the page cache, one twice.
inline void make_photos(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const auto count = is_soak() ? "12" : "5";
  const Ran made = run({{KEEPSAKE_PICTURES, "small", folder.string(), "--files", count}});
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
  explicit Photos(const std::string& name) : Trial(name) {
    make_photos(pictures());
    stage().expect(0, {"source", "add", "pictures", "folder", pictures().string()});
  }

  [[nodiscard]] std::filesystem::path pictures() const { return stage().sources() / "pictures"; }

  void back_up_and_change() {
    stage().expect(0, backup);
    change_photos(pictures());
  }
};

}  // namespace keepsake::tests
