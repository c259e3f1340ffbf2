// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/time.h"
#include "media/facts.h"
#include "real_media.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>

using namespace keepsake;
using namespace keepsake::media;
using nlohmann::json;

namespace {

/// What a command prints. Names of files are read from its standard input, so none is quoted.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 65536> buffer{};
  while (const auto count = fread(buffer.data(), 1, buffer.size(), pipe.get()))
    text.append(buffer.data(), count);
  return text;
}

/// What exiftool says of each file, by its path.
std::map<std::string, json> exiftool(const std::vector<std::string>& files) {
  const std::unique_ptr<FILE, int (*)(FILE*)> list(tmpfile(), fclose);
  for (const auto& file : files) fputs((real::path_of(file) + "\n").c_str(), list.get());
  fflush(list.get());
  const auto arguments = "/proc/self/fd/" + std::to_string(fileno(list.get()));
  const auto text = output_of("exiftool -j -n -G1 -a -@ " + arguments + " 2>/dev/null");
  std::map<std::string, json> said;
  for (auto& one : json::parse(text, nullptr, false)) said[one.at("SourceFile")] = one;
  return said;
}

std::string text_in(const json& said, std::string_view tag) {
  const auto found = said.find(tag);
  return found != said.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The date and time of day, without fraction and zone, in the form of EXIF. Dates without a time
/// mean midnight.
std::string plain(std::string text) {
  if (text.size() == 10) text += " 00:00:00";
  if (text.size() >= 16 && (text.size() == 16 || text[16] != ':')) text.insert(16, ":00");
  return text.substr(0, 19);
}

std::string plain(const CaptureTime& time) {
  auto text = to_rfc3339(time).substr(0, 19);
  text[4] = text[7] = ':';
  text[10] = ' ';
  return text;
}

/// A difference that is meant: exiftool shows dates as they stand, we pass over those that cannot
/// be one (months that do not exist, blanks, damaged years).
bool is_date(const std::string& text) {
  return text.size() >= 10 && text.find_first_not_of("0123456789") == 4 &&
         text.substr(0, 2) > "17" && text.substr(5, 2) > "00";
}

/// The tags of our rules (metadata in pictures, then in videos), the first that holds a date.
std::string expected_date(const json& said, bool is_video) {
  const std::vector<std::string_view> of_picture = {"ExifIFD:DateTimeOriginal",
                                                    "ExifIFD:CreateDate",
                                                    "XMP-exif:DateTimeOriginal",
                                                    "XMP-photoshop:DateCreated",
                                                    "XMP-xmp:CreateDate",
                                                    "IPTC:DateCreated",
                                                    "IFD0:ModifyDate",
                                                    "XMP-exif:GPSDateTime"};
  const std::vector<std::string_view> of_video = {
      "Keys:CreationDate", "UserData:ContentCreateDate", "QuickTime:CreateDate"};
  for (const auto tag : is_video ? of_video : of_picture) {
    const auto text = text_in(said, tag);
    if (!is_date(text)) continue;
    // IPTC's time stands in a tag of its own.
    const auto time = text_in(said, "IPTC:TimeCreated");
    if (tag == "IPTC:DateCreated" && !time.empty()) return plain(fmt::format("{} {}", text, time));
    return plain(text);
  }
  return {};
}

void compare_offset(const json& said, const Facts& facts) {
  const auto offset = text_in(said, "ExifIFD:OffsetTimeOriginal");
  const bool has_original = is_date(text_in(said, "ExifIFD:DateTimeOriginal"));
  if (offset.empty() || !has_original) {
    // A difference that is meant: an offset that follows from the GPS clock is ours alone.
    return;
  }
  CHECK(facts.taken->time.zone == ZoneKnown::known);
  CHECK(to_rfc3339(facts.taken->time).ends_with(offset));
}

void compare_place(const json& said, const Facts& facts) {
  const auto latitude = said.find("Composite:GPSLatitude");
  const auto longitude = said.find("Composite:GPSLongitude");
  // An empty GPS directory makes exiftool print an empty text.
  const bool expected = latitude != said.end() && longitude != said.end() &&
                        latitude->is_number() && longitude->is_number();
  // A difference that is meant: exiftool joins XMP's two angles only where EXIF has none.
  const bool xmp_alone = said.contains("XMP-exif:GPSLatitude");
  if (!expected && xmp_alone) return;
  REQUIRE(facts.place.has_value() == expected);
  if (!expected) return;
  CHECK(std::abs(facts.place->latitude - latitude->get<double>()) < 1e-6);
  CHECK(std::abs(facts.place->longitude - longitude->get<double>()) < 1e-6);
}

}  // namespace

TEST_CASE("real media tell the same dates, offsets and places as exiftool says") {
  if (output_of("exiftool -ver 2>/dev/null").empty()) {
    MESSAGE("skipped: exiftool is not installed");
    return;
  }
  const auto files = real::files();
  if (files.empty()) return;
  const auto all = exiftool(files);

  for (const auto& file : files) {
    CAPTURE(file);
    const auto facts = real::look_at(file);
    REQUIRE(facts.has_value());
    const auto& said = all.at(real::path_of(file));
    // A difference that is meant: exiftool gives up on XMP in UTF-16 whose byte order mark is
    // followed by another, which expat reads.
    if (text_in(said, "ExifTool:Warning").find("Superfluous BOM") != std::string::npos) continue;
    const auto expected = expected_date(said, facts->family == Family::video);
    CHECK((facts->taken ? plain(facts->taken->time) : "") == expected);
    if (facts->taken) compare_offset(said, *facts);
    compare_place(said, *facts);
  }
}
