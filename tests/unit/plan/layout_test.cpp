// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/layout.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::plan;
using namespace std::chrono_literals;
using photo::Asset;
using photo::Shelf;

namespace {

/// Two hours east of UTC, all year.
const HomeZone home{
    [](Instant instant) { return WallTime(instant.time_since_epoch() + 2h); },
    [](WallTime wall) { return Instant(wall.time_since_epoch() - 2h); },
};

Asset taken_at(std::string_view time) {
  Asset asset;
  if (!time.empty()) asset.taken = photo::Taken{*parse_rfc3339(time), photo::TakenFrom::exif};
  return asset;
}

}  // namespace

TEST_CASE("a photo lies in the month that the clock showed where it was taken, or else at home") {
  struct Row {
    const char* taken;
    const char* folder;
  };

  for (const Row& row : {Row{"2024-05-31T23:30:00-10:00", "Photos/2024/2024-05"},
                         Row{"2024-05-31T23:30:00-00:00", "Photos/2024/2024-05"},
                         Row{"2024-05-31T23:30:00Z", "Photos/2024/2024-06"},
                         Row{"0987-01-01T00:00:00Z", "Photos/0987/0987-01"},
                         Row{"", "Photos/Undated"}}) {
    CAPTURE(row.taken);
    CHECK(Layout::standard().folder(taken_at(row.taken), "phone", home) == row.folder);
  }
}

TEST_CASE("what is not visible lies under a top folder of its own") {
  struct Row {
    const char* layout;
    Shelf shelf;
    const char* folder;
  };

  for (const Row& row :
       {Row{"Photos/{year}/{name}", Shelf::visible, "Photos/2024"},
        Row{"Photos/{year}/{name}", Shelf::hidden, "Hidden/2024"},
        Row{"Photos/{year}/{name}", Shelf::shared_library, "Shared Library/2024"},
        Row{"Photos/{year}/{name}", Shelf::shared_album, "Shared Albums/2024"},
        Row{"Photos/{year}/{name}", Shelf::recently_deleted, "Recently Deleted/2024"},
        Row{"Pictures/{year}/{name}", Shelf::visible, "Pictures/2024"},
        Row{"Pictures/{year}/{name}", Shelf::hidden, "Hidden/Pictures/2024"},
        Row{"Photos/{name}", Shelf::hidden, "Hidden"}}) {
    CAPTURE(row.folder);
    auto asset = taken_at("2024-05-01T12:00:00Z");
    asset.shelf = row.shelf;
    CHECK(Layout::parse(row.layout)->folder(asset, "phone", home) == row.folder);
  }
}

TEST_CASE("placeholders stand for what is known of a photo, made portable") {
  auto asset = taken_at("2024-05-01T12:00:00Z");
  asset.kind = photo::Kind::video;
  const auto layout = *Layout::parse("Photos/{source}/{camera}/{kind}s of {day}.{month}/{name}");

  CHECK(layout.folder(asset, "phone", home) == "Photos/phone/Unknown camera/videos of 01.05");
  asset.camera = "ACME 1/2 ";
  CHECK(layout.folder(asset, "phone", home) == "Photos/phone/ACME 1_2/videos of 01.05");
  asset.taken.reset();
  CHECK(layout.folder(asset, "phone", home) == "Photos/phone/ACME 1_2/Undated");
}

TEST_CASE("all dated parts of an undated photo are one") {
  CHECK(Layout::parse("Photos/{year}/{month}/{day}/{name}")->folder(taken_at(""), "phone", home) ==
        "Photos/Undated");
  CHECK(Layout::parse("Photos/{year}/{kind}/{month}/{name}")->folder(taken_at(""), "phone", home) ==
        "Photos/Undated/photo");
  CHECK(Layout::parse("Photos/{kind}/{name}")->folder(taken_at(""), "phone", home) ==
        "Photos/photo");
}

TEST_CASE("a layout that could not work everywhere is refused") {
  struct Row {
    const char* layout;
    const char* says;
  };

  for (const Row& row : {Row{"", "ends with /{name}"},
                         Row{"{name}", "ends with /{name}"},
                         Row{"Photos/{year}", "ends with /{name}"},
                         Row{"Photos/{year}-{name}", "ends with /{name}"},
                         Row{"Photos/{name}/{name}", "does not know {name} here"},
                         Row{"{year}/{name}", "begins with a plain folder"},
                         Row{"Photos/{yaer}/{name}", "did you mean {year}?"},
                         Row{"Photos/{city}/{name}", "does not know {city}"},
                         Row{"Photos/{year/{name}", "has no \"}\" after"},
                         Row{"Photos/year}/{name}", "cannot be called"},
                         Row{"/Photos/{name}", "cannot be called"},
                         Row{"Photos//{name}", "cannot be called"},
                         Row{"../{name}", "cannot be called"},
                         Row{"Photos/a:b/{name}", "cannot be called"},
                         Row{".keepsake/{name}", "cannot be called"},
                         Row{"albums/{name}", "has a meaning of its own"},
                         Row{"Hidden/{year}/{name}", "has a meaning of its own"}}) {
    CAPTURE(row.layout);
    const auto layout = Layout::parse(row.layout);
    REQUIRE_FALSE(layout.has_value());
    CAPTURE(layout.error().message());
    CHECK(layout.error().cause == Cause::invalid);
    CHECK(layout.error().what.find(row.says) != std::string::npos);
  }
}
