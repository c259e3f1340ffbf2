// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "source/folder/folder_source.h"
#include "tests/support/temp_folder.h"
#include "tests/support/watched_folder.h"
#include "tests/unit/media/build.h"
#include "tests/unit/source/taken_down.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace keepsake::tests {

/// The seconds between 1904 and 1970, as movies count.
constexpr std::uint64_t movie_epoch = 2082844800;

/// A picture with a date of its own, and the identifier of a Live Photo.
inline std::string still(const std::string& content_id = "", std::string_view extra = "") {
  using namespace media::build;
  Directories directories;
  directories.exif = {text(0x9003, "2019:07:04 18:00:01"), text(0x9011, "+02:00")};
  if (!content_id.empty()) directories.exif.push_back(apple_makernote({text(0x0011, content_id)}));
  return jpeg({exif_segment(directories)}) + std::string(extra);
}

/// Two and a half seconds of film, taken when `still` was or at another moment.
inline std::string film(const std::string& content_id = "", std::uint64_t later = 0) {
  std::vector<std::pair<std::string, std::string>> keys;
  if (!content_id.empty()) keys.emplace_back("com.apple.quicktime.content.identifier", content_id);
  return media::build::mov(keys, movie_epoch + 1562256001 + later);
}

class FixedClock final : public os::Clock {
 public:
  Instant now() override { return media::build::now(); }
};

/// A folder with photos, its source, and what that reported so far.
struct Scanned {
  TempFolder disk;
  FixedClock clock;
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  std::unique_ptr<source::Source> source = source::make_folder_source(
      std::make_unique<WatchedFolder>(os::open_folder(disk.path()).value(), watch), Id128{}, clock);
  TakenDown down;

  Result<> try_scan() {
    down.begin_anew();
    return source->note_changes(down, {});
  }

  void scan() {
    const auto scanned = try_scan();
    REQUIRE_MESSAGE(scanned, scanned.error().message());
  }

  void remove(std::string_view name) const { std::filesystem::remove_all(disk / name); }

  /// `id = photo IMG_1.JPG original:…`, one an asset.
  [[nodiscard]] std::vector<std::string> assets() const {
    std::vector<std::string> lines;
    lines.reserve(down.assets.size());
    for (const auto& [id, asset] : down.assets) lines.push_back(id + " = " + in_short(asset));
    return lines;
  }
};

}  // namespace keepsake::tests
