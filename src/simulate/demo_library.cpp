// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/demo_library.h"

#include "simulate/canvas.h"
#include "simulate/dice.h"
#include "simulate/encode.h"
#include "simulate/exif.h"
#include "simulate/file_writer.h"
#include "simulate/movie.h"
#include "simulate/still.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace keepsake::simulate {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Size {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

constexpr Size large{1600, 1200};
constexpr Size medium{1024, 768};
constexpr Size small{640, 480};

/// Draws pictures one after the other, each from its own seed, and keeps a list of them.
class Artist {
 public:
  Artist(std::filesystem::path folder, std::uint64_t seed)
      : folder_(std::move(folder)), seed_(seed) {}

  Canvas draw(Shot& shot, Size size) {
    shot.width = size.width;
    shot.height = size.height;
    return landscape(size.width, size.height, seed_of(seed_, ++drawn_));
  }

  Bytes jpeg(Shot shot, Size size) {
    const Canvas canvas = draw(shot, size);
    return jpeg_with_metadata(encode_jpeg(canvas), shot);
  }

  Result<Bytes> heic(Shot shot, Size size) {
    const Canvas canvas = draw(shot, size);
    return encode_heic(canvas, shot);
  }

  Bytes dng(Shot shot, Size size) {
    const Canvas canvas = draw(shot, size);
    return encode_dng(canvas, shot);
  }

  Bytes video(Shot shot, Size size, int frames) {
    shot.width = size.width;
    shot.height = size.height;
    const std::uint64_t seed = seed_of(seed_, ++drawn_);
    std::vector<Bytes> pictures;
    pictures.reserve(static_cast<std::size_t>(frames));
    for (int i = 0; i < frames; ++i)
      pictures.push_back(
          encode_jpeg(landscape(size.width, size.height, seed, static_cast<double>(i) / frames)));
    return movie(shot, pictures);
  }

  Result<> keep(std::string path, ByteView bytes, std::string what) {
    FileWriter file = TRY(FileWriter::create(folder_ / path));
    TRY(file.write(bytes));
    made_.push_back({std::move(path), std::move(what), ByteCount{bytes.size()}});
    return {};
  }

  [[nodiscard]] std::vector<Made> made() && { return std::move(made_); }

 private:
  std::filesystem::path folder_;
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  std::vector<Made> made_;
};

CaptureTime at(int year, unsigned month, unsigned day, hours hour, minutes offset) {
  const auto midnight = std::chrono::local_days{std::chrono::year{year} / static_cast<int>(month) /
                                                static_cast<int>(day)};
  return {midnight + hour, offset, ZoneKnown::known};
}

/// A dozen pictures of one journey, half an hour apart.
struct Journey {
  std::string_view folder;
  std::string_view title;
  CaptureTime start;
  photo::Place place;
  int pictures = 0;
};

Result<> travel(Artist& artist, const Journey& journey) {
  for (int i = 1; i <= journey.pictures; ++i) {
    Shot shot;
    shot.taken = journey.start;
    shot.taken->wall += minutes{31 * i};
    shot.place =
        photo::Place{journey.place.latitude + 0.002 * i, journey.place.longitude - 0.003 * i};
    if (i % 4 == 0) shot.labels.keywords = {std::string(journey.title), "travel"};
    if (i % 6 == 0) shot.labels.caption = fmt::format("{}, after lunch", journey.title);
    const bool is_heic = i % 2 == 1;
    Bytes picture;
    if (is_heic)
      picture = TRY(artist.heic(shot, medium));
    else
      picture = artist.jpeg(shot, i % 4 == 0 ? large : medium);
    TRY(artist.keep(fmt::format("{}/IMG_{:04}.{}", journey.folder, i, is_heic ? "HEIC" : "JPG"),
                    picture,
                    fmt::format("{}, {}", journey.title, to_rfc3339(*shot.taken))));
  }
  return {};
}

Result<> live_photos(Artist& artist) {
  Shot shot;
  shot.taken = at(2024, 8, 17, hours{19}, -hours{4});
  shot.place = photo::Place{41.6989, -86.2376};
  shot.content_id = "5B3A1E52-7C7D-4B0C-9F1E-0A6E5D2C9B41";
  const Bytes still = TRY(artist.heic(shot, medium));
  TRY(artist.keep("DCIM/100APPLE/IMG_0042.HEIC", still, "Live Photo, its still"));
  TRY(artist.keep(
      "DCIM/100APPLE/IMG_0042.MOV", artist.video(shot, small, 15), "Live Photo, its video"));
  shot.content_id = "C0A8B7E4-11D2-4E9A-8A53-6F0E9D1B7C22";
  shot.taken->wall += minutes{5};
  TRY(artist.keep(
      "DCIM/100APPLE/IMG_0043.JPG", artist.jpeg(shot, medium), "Live Photo, its still as JPEG"));
  TRY(artist.keep(
      "DCIM/100APPLE/IMG_0043.MOV", artist.video(shot, small, 15), "Live Photo, its video"));
  shot.content_id.reset();
  shot.taken->wall += hours{1};
  TRY(artist.keep(
      "DCIM/100APPLE/IMG_0044.MOV", artist.video(shot, small, 30), "a video of three seconds"));
  return {};
}

constexpr std::string_view edit_recipe = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>adjustmentBaseVersion</key>
	<integer>0</integer>
	<key>adjustmentEditorBundleID</key>
	<string>com.apple.mobileslideshow</string>
	<key>adjustmentFormatIdentifier</key>
	<string>com.apple.photo</string>
	<key>adjustmentFormatVersion</key>
	<string>1.5</string>
</dict>
</plist>
)";

Result<> edited_photo(Artist& artist) {
  Shot shot;
  shot.taken = at(2024, 8, 18, hours{9}, -hours{4});
  TRY(artist.keep(
      "DCIM/100APPLE/IMG_0010.JPG", artist.jpeg(shot, large), "the original of an edit"));
  TRY(artist.keep("DCIM/100APPLE/IMG_E0010.JPG", artist.jpeg(shot, large), "the edit, rendered"));
  TRY(artist.keep("DCIM/100APPLE/IMG_0010.AAE", bytes_of(edit_recipe), "the edit's recipe"));
  return {};
}

Result<> big_camera(Artist& artist) {
  Shot shot;
  shot.make = "Nikon";
  shot.model = "Z 6";
  for (int i = 1; i <= 4; ++i) {
    shot.taken = at(2023, 12, 24, hours{15 + i}, minutes{0});
    shot.taken->zone = ZoneKnown::wall_only;
    const Bytes picture = artist.jpeg(shot, large);
    TRY(artist.keep(
        fmt::format("Camera/DSC_{:04}.JPG", i), picture, "a camera that knows no zone"));
    if (i <= 2)
      TRY(artist.keep(
          fmt::format("Camera/DSC_{:04}.DNG", i), artist.dng(shot, small), "the RAW beside it"));
    if (i == 4) TRY(artist.keep("Copies/DSC_0004.JPG", picture, "an exact copy"));
  }
  return {};
}

Result<> scans(Artist& artist) {
  Shot shot;
  shot.make = "EPSON";
  shot.model = "Perfection";
  TRY(artist.keep("Scans/grandmother.jpg", artist.jpeg(shot, medium), "a scan without any date"));
  shot.labels.title = "Großmutter & Hund";
  shot.labels.keywords = {"family", "dog"};
  shot.labels.rating = 4;
  TRY(artist.keep(
      "Scans/grandmother and dog.jpg", artist.jpeg(shot, medium), "without a date, with labels"));
  Shot labels;
  labels.labels.title = "Wedding";
  labels.labels.caption = "In front of the church";
  TRY(artist.keep("Scans/wedding.jpg", artist.jpeg(Shot{}, small), "labelled by a sidecar"));
  TRY(artist.keep("Scans/wedding.jpg.xmp", bytes_of(xmp_packet(labels)), "the sidecar"));
  TRY(artist.keep("WhatsApp/IMG-20190704-WA0012.jpg",
                  encode_jpeg(landscape(640, 480, 12)),
                  "a date in its name only"));
  return {};
}

Result<> copies(Artist& artist) {
  Shot shot;
  shot.taken = at(2022, 10, 30, hours{2}, hours{1});
  const Bytes picture = artist.jpeg(shot, medium);
  for (const char* path :
       {"Originals/IMG_2001.JPG", "Copies/IMG_2001.JPG", "Copies/same again.jpg"})
    TRY(artist.keep(path, picture, "one of three exact copies"));
  shot.taken = at(2021, 3, 28, hours{3}, hours{2});
  TRY(artist.keep(
      "Originals/IMG_0001.JPG", artist.jpeg(shot, medium), "a namesake of other pictures"));
  return {};
}

Result<> hostile_names(Artist& artist) {
  Shot shot;
  shot.taken = at(2020, 2, 29, hours{23}, minutes{5 * 60 + 45});
  for (const auto& [name, what] : std::initializer_list<std::pair<const char*, const char*>>{
           {"-rf.jpg", "a name like an option"},
           {"new\nline 'and' \"quotes\".jpg", "a newline and quotes in its name"},
           {"\u202Egpj.exe.jpg", "a right-to-left mark in its name"},
           {"caf\xE9.jpg", "a name that is not UTF-8"},
           {"Zu\u0308rich.jpg", "a decomposed letter in its name"},
           {"CON.jpg", "a name that Windows reserves"},
           {"ends with a dot..JPG", "a stem that ends with a dot"}})
    TRY(artist.keep(fmt::format("Odd names/{}", name), artist.jpeg(shot, small), what));
  return {};
}

Result<> broken_things(Artist& artist) {
  Shot shot;
  shot.taken = at(2023, 6, 1, hours{8}, hours{2});
  const Bytes whole = artist.jpeg(shot, medium);
  TRY(artist.keep("Broken/torn.jpg",
                  ByteView(whole).first(whole.size() / 2),
                  "a JPEG that ends in the middle"));
  TRY(artist.keep("Broken/empty.jpg", {}, "an empty file: never safe, so a backup names it"));
  TRY(artist.keep("Broken/zeros.heic", Bytes(4096), "zeros only: never safe either"));
  TRY(artist.keep("notes.txt", bytes_of("Not a photo.\n"), "not a photo"));
  return {};
}

}  // namespace

Result<std::vector<Made>> make_demo_library(const std::filesystem::path& folder,
                                            std::uint64_t seed) {
  Artist artist(folder, seed);
  const Journey kyoto{
      "2024 Kyoto", "Kyoto", at(2024, 5, 3, hours{9}, hours{9}), {35.0116, 135.7681}, 12};
  const Journey hawaii{
      "2023 Hawaii", "Hawaii", at(2023, 7, 14, hours{10}, -hours{10}), {21.2766, -157.8278}, 10};
  const Journey home{
      "2023 Home", "Home", at(2023, 12, 31, hours{20}, hours{1}), {48.1372, 11.5756}, 8};
  for (const Journey& journey : {kyoto, hawaii, home}) TRY(travel(artist, journey));
  TRY(live_photos(artist));
  TRY(edited_photo(artist));
  TRY(big_camera(artist));
  TRY(scans(artist));
  TRY(copies(artist));
  TRY(hostile_names(artist));
  TRY(broken_things(artist));
  return std::move(artist).made();
}

}  // namespace keepsake::simulate
