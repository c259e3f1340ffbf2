// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/corpus.h"

#include "exiftool.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

namespace {

using namespace keepsake;
using keepsake::tests::exiftool;
using keepsake::tests::TempFolder;

std::map<std::string, std::string> files_below(const TempFolder& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    const std::string name = entry.path().lexically_relative(folder.path());
    if (entry.is_regular_file()) files[name] = folder.read(name);
  }
  return files;
}

}  // namespace

TEST_CASE("the same seed makes the same files, whether at once or in two steps") {
  const TempFolder at_once;
  const TempFolder in_steps;

  REQUIRE(simulate::make_small(at_once.path(), {0, 130, 7}));
  REQUIRE(simulate::make_small(in_steps.path(), {0, 100, 7}));
  REQUIRE(simulate::make_small(in_steps.path(), {100, 30, 7}));

  const auto files = files_below(at_once);
  CHECK(files == files_below(in_steps));
  CHECK(*simulate::count_files(at_once.path()) == 130);
  CHECK(std::ranges::all_of(files, [](const auto& file) { return file.second.size() == 4096; }));
}

TEST_CASE("another seed makes other bytes") {
  const TempFolder one;
  const TempFolder other;

  REQUIRE(simulate::make_small(one.path(), {0, 1, 1}));
  REQUIRE(simulate::make_small(other.path(), {0, 1, 2}));

  CHECK(files_below(one) != files_below(other));
}

TEST_CASE("counting in a folder that is not there gives zero") {
  const TempFolder folder;

  CHECK(*simulate::count_files(folder / "missing") == 0);
}

TEST_CASE("exiftool reads the dates and pairs of the files we measure with") {
  const TempFolder folder;
  REQUIRE(simulate::make_photos(folder.path(), {0, 3, 1}));

  const auto date = exiftool("DateTimeOriginal", folder / "2020-01/IMG_000000.HEIC");
  if (!date) {
    MESSAGE("skipped: exiftool is not installed");
    return;
  }

  CHECK(*date == "2020:01:01 00:00:00");
  CHECK(exiftool("OffsetTimeOriginal", folder / "2020-01/IMG_000000.HEIC") == "+01:00");
  CHECK(exiftool("DateTimeOriginal", folder / "2020-03/IMG_000002.JPG") == "2020:03:01 00:00:00");
}
