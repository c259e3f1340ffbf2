// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::media;
using namespace std::string_literals;

namespace {

constexpr std::uint16_t tag_modified = 0x0132;
constexpr std::uint16_t tag_original = 0x9003;
constexpr std::uint16_t tag_digitized = 0x9004;
constexpr std::uint16_t tag_any_offset = 0x9010;
constexpr std::uint16_t tag_offset = 0x9011;
constexpr std::uint16_t tag_fraction = 0x9291;

Facts of_exif(const build::Directories& directories, std::string_view name = "IMG_1.JPG") {
  return build::look_at(build::jpeg({build::exif_segment(directories)}), name);
}

Facts of_xmp(std::string_view properties) {
  return build::look_at(build::jpeg({build::xmp_segment(build::xmp(properties))}), "IMG_1.JPG");
}

std::vector<build::Tag> gps_clock(std::uint32_t hour, std::uint32_t minute, std::uint32_t second) {
  return {build::fractions(7, {{hour, 1}, {minute, 1}, {second, 1}}),
          build::text(0x1D, "2019:07:04")};
}

}  // namespace

TEST_CASE("a camera's date keeps its fraction and its offset") {
  const Facts facts = of_exif({.exif = {build::text(tag_original, "2019:07:04 18:00:01"),
                                        build::text(tag_fraction, "125999"),
                                        build::text(tag_offset, "-07:00")}});

  CHECK(build::taken(facts) == "2019-07-04T18:00:01.125-07:00");
  CHECK(facts.taken->from == photo::TakenFrom::exif);
  CHECK(facts.taken->time.zone == ZoneKnown::known);
}

TEST_CASE("an offset is never invented") {
  CHECK(build::taken(of_exif({.exif = {build::text(tag_original, "2019:07:04 18:00:01")}})) ==
        "2019-07-04T18:00:01-00:00");
  CHECK(build::taken(of_exif({.exif = {build::text(tag_original, "2019:07:04 18:00:01"),
                                       build::text(tag_offset, "   :  ")}})) ==
        "2019-07-04T18:00:01-00:00");
}

TEST_CASE("the general offset serves a date that lacks its own") {
  const Facts facts = of_exif({.exif = {build::text(tag_original, "2019:07:04 18:00:01"),
                                        build::text(tag_any_offset, "+05:30")}});

  CHECK(build::taken(facts) == "2019-07-04T18:00:01+05:30");
}

TEST_CASE("the GPS clock tells the offset unless its fix is too old") {
  struct Row {
    std::string name;
    std::vector<build::Tag> gps;
    const char* expected;
  };

  for (const Row& row :
       {Row{"a fix of 9 s ago", gps_clock(16, 0, 10), "2019-07-04T18:00:01+02:00"},
        Row{"a fix of 4 min ago", gps_clock(15, 56, 0), "2019-07-04T18:00:01+02:00"},
        Row{"a fix of 6 min ago", gps_clock(15, 54, 0), "2019-07-04T18:00:01-00:00"},
        Row{"west", gps_clock(23, 30, 0), "2019-07-04T18:00:01-05:30"}}) {
    CAPTURE(row.name);
    const Facts facts =
        of_exif({.exif = {build::text(tag_original, "2019:07:04 18:00:01")}, .gps = row.gps});
    CHECK(build::taken(facts) == row.expected);
  }
}

TEST_CASE("a GPS date alone is a moment without a zone") {
  const Facts facts = of_exif({.gps = gps_clock(16, 0, 10)});

  CHECK(build::taken(facts) == "2019-07-04T16:00:10Z");
  CHECK(facts.taken->from == photo::TakenFrom::gps);
}

TEST_CASE("rubbish is passed over for the next date") {
  for (const std::string rubbish : {"0000:00:00 00:00:00",
                                    "    :  :     :  :  ",
                                    ":07:04 16:24:01",
                                    "2000:01:01 00:00:00",
                                    "1970:01:01 00:00:00",
                                    "2031:01:01 10:00:00",
                                    "2019:13:04 10:00:00",
                                    ""}) {
    CAPTURE(rubbish);
    const Facts facts = of_exif({.main = {build::text(tag_modified, "2019:07:06 01:01:01")},
                                 .exif = {build::text(tag_original, rubbish),
                                          build::text(tag_digitized, "2019:07:05 09:00:00")}});
    CHECK(build::taken(facts) == "2019-07-05T09:00:00-00:00");
  }
}

TEST_CASE("dates of a picture are tried in the order of their trust") {
  const auto exif = [](std::uint16_t tag, const char* value) {
    return build::exif_segment(tag == tag_modified
                                   ? build::Directories{.main = {build::text(tag, value)}}
                                   : build::Directories{.exif = {build::text(tag, value)}});
  };
  const auto xmp = [](const char* properties) {
    return build::xmp_segment(build::xmp(properties + ">"s));
  };
  const auto iptc_records = "\x1C\x02\x37\0\x08"s + "20190703"s;
  const auto iptc = build::segment(
      0xED,
      "Photoshop 3.0\0008BIM\4\4\0\0"s + build::number(iptc_records.size(), 4) + iptc_records);
  // From the least trusted on: each one that is added wins over all before.
  const std::vector<std::pair<std::string, std::string>> rules = {
      {exif(tag_modified, "2019:07:02 01:00:00"), "2019-07-02T01:00:00-00:00"},
      {iptc, "2019-07-03T00:00:00-00:00"},
      {xmp(R"(xmp:CreateDate="2019-07-04T01:00:00Z")"), "2019-07-04T01:00:00Z"},
      {xmp(R"(photoshop:DateCreated="2019-07-05T01:00:00")"), "2019-07-05T01:00:00-00:00"},
      {xmp(R"(exif:DateTimeOriginal="2019-07-06T01:00:00.5+02:00")"),
       "2019-07-06T01:00:00.500+02:00"},
      {exif(tag_digitized, "2019:07:07 01:00:00"), "2019-07-07T01:00:00-00:00"},
      {exif(tag_original, "2019:07:08 01:00:00"), "2019-07-08T01:00:00-00:00"}};
  std::vector<std::string> segments;

  for (const auto& [segment, expected] : rules) {
    segments.push_back(segment);
    CHECK(build::taken(build::look_at(build::jpeg(segments), "20190701_000001.jpg")) == expected);
  }
}

TEST_CASE("a file's name is the last place to look for a date") {
  const Facts facts = of_exif({}, "PXL_20190704_160001250.jpg");

  CHECK(build::taken(facts) == "2019-07-04T16:00:01.250Z");
  CHECK(facts.taken->from == photo::TakenFrom::name);
}

TEST_CASE("XMP dates keep what they say of their zone") {
  CHECK(build::taken(of_xmp(R"(xmp:CreateDate="2019-07-04T18:00">)")) ==
        "2019-07-04T18:00:00-00:00");
  CHECK(build::taken(of_xmp(R"(xmp:CreateDate="2019-07-04">)")) == "2019-07-04T00:00:00-00:00");
  CHECK(build::taken(of_xmp(R"(xmp:CreateDate="2019-07">)")) == "none");
  CHECK(build::taken(of_xmp("><xmp:CreateDate>2019-07-04T18:00:01-07:00</xmp:CreateDate>")) ==
        "2019-07-04T18:00:01-07:00");
}

TEST_CASE("a video's written date wins over its clock, which knows no zone") {
  constexpr std::uint64_t clock = 3645100800;  // 2019-07-04T16:00:00Z in seconds since 1904

  const Facts dated = build::look_at(
      build::mov({{"com.apple.quicktime.creationdate", "2019-07-04T18:00:01+0200"}}, clock),
      "a.MOV");
  const Facts bare = build::look_at(build::mov({}, clock), "a.MOV");

  CHECK(build::taken(dated) == "2019-07-04T18:00:01+02:00");
  CHECK(build::taken(bare) == "2019-07-04T16:00:00Z");
  CHECK(bare.taken->from == photo::TakenFrom::quicktime);
  CHECK(build::taken(build::look_at(build::mov({}, 0), "a.MOV")) == "none");
}
