// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/demo_library.h"

#include "exiftool.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using keepsake::tests::exiftool;
using keepsake::tests::TempFolder;

TEST_CASE("the demo library is drawn alike each time and holds what it lists") {
  const TempFolder first;
  const TempFolder second;

  const auto made = simulate::make_demo_library(first.path(), 1);
  REQUIRE(made);
  REQUIRE(simulate::make_demo_library(second.path(), 1));

  CHECK(made->size() >= 60);
  for (const simulate::Made& file : *made) {
    CAPTURE(file.path);
    const std::string bytes = first.read(file.path);
    CHECK(bytes.size() == file.size.value);
    CHECK((bytes == second.read(file.path)));
  }
}

TEST_CASE("exiftool reads what the demo library says about itself") {
  struct Row {
    const char* file;
    const char* tag;
    const char* value;
  };

  const TempFolder folder;
  REQUIRE(simulate::make_demo_library(folder.path(), 1));
  if (!exiftool("ver", folder.path())) {
    MESSAGE("skipped: exiftool is not installed");
    return;
  }

  const char* const pair = "5B3A1E52-7C7D-4B0C-9F1E-0A6E5D2C9B41";
  for (const Row& row :
       {Row{"2024 Kyoto/IMG_0001.HEIC", "DateTimeOriginal", "2024:05:03 09:31:00"},
        Row{"2024 Kyoto/IMG_0001.HEIC", "OffsetTimeOriginal", "+09:00"},
        Row{"2024 Kyoto/IMG_0004.JPG", "Subject", "Kyoto, travel"},
        Row{"2023 Hawaii/IMG_0002.JPG", "OffsetTimeOriginal", "-10:00"},
        Row{"DCIM/100APPLE/IMG_0042.HEIC", "MediaGroupUUID", pair},
        Row{"DCIM/100APPLE/IMG_0042.MOV", "ContentIdentifier", pair},
        Row{"DCIM/100APPLE/IMG_0042.MOV", "CreationDate", "2024:08:17 19:00:00-04:00"},
        Row{"Camera/DSC_0001.DNG", "DateTimeOriginal", "2023:12:24 16:00:00"},
        Row{"Camera/DSC_0001.JPG", "OffsetTimeOriginal", ""},
        Row{"Scans/grandmother.jpg", "DateTimeOriginal", ""},
        Row{"Scans/wedding.jpg.xmp", "Title", "Wedding"}}) {
    CAPTURE(row.file);
    CAPTURE(row.tag);
    CHECK(exiftool(row.tag, folder / row.file) == row.value);
  }
}
