// SPDX-License-Identifier: GPL-3.0-or-later
#include "build.h"

#include <doctest/doctest.h>

#include <string>

using namespace keepsake;
using namespace keepsake::media;
using namespace std::string_literals;

TEST_CASE("directories that point at each other come to an end") {
  const auto loop = "MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08\0\0\0\x08"s;

  CHECK(build::taken(build::look_at(loop, "a.tif")) == "none");
}

TEST_CASE("TIFF structures within each other's resources come to an end") {
  // Each level holds the next one twice, so that following both ways would take 2^16 steps.
  std::string inner = build::tiff({.exif = {build::text(0x9003, "2019:07:04 18:00:01")}});
  for (int level = 0; level < 40; ++level) {
    const auto resource = "8BIM\4\x22\0\0"s.append(build::number(inner.size(), 4)).append(inner);
    auto twice = resource;
    twice.append(resource.size() % 2, '\0').append(resource);
    const auto length = static_cast<std::uint32_t>(twice.size());
    inner = build::tiff({.main = {build::Tag{0x8649, 7, length, twice}}});
    if (inner.size() > 4U << 20U) break;
  }

  CHECK(build::taken(build::look_at(inner, "a.tif")) == "2019-07-04T18:00:01-00:00");
}

TEST_CASE("a count that demands gigabytes is refused") {
  auto bytes = build::tiff({.exif = {build::text(0x9003, "2019:07:04 18:00:01")}});
  const auto entry = bytes.find("\x90\x03"s);
  bytes.replace(entry + 4, 4, "\x7F\xFF\xFF\xFF");

  CHECK(build::taken(build::look_at(bytes, "a.tif")) == "none");
}

TEST_CASE("XMP with a document type is not read, since its entities may be bombs") {
  const auto packet = build::xmp(R"(xmp:CreateDate="2019-07-04T18:00:01">)");

  const Facts facts = build::look_at("<!DOCTYPE x [<!ENTITY a \"b\">]>" + packet, "a.xmp");

  CHECK(build::taken(facts) == "none");
}

TEST_CASE("XMP that is nested without end or breaks off gives what stands before") {
  std::string deep = R"(xmp:CreateDate="2019-07-04T18:00:01">)";
  for (int i = 0; i < 10000; ++i) deep += "<dc:x>";

  CHECK(build::taken(build::look_at(build::xmp(deep), "a.xmp")) == "2019-07-04T18:00:01-00:00");
}

TEST_CASE("an item list whose entries take no bytes does not keep us busy") {
  const auto iloc = build::box("iloc", "\1\0\0\0\0\0"s + std::string(4096, '\xFF'));
  const auto infe = build::box("infe", "\2\0\0\0\0\7\0\0Exif\0"s);
  const auto iinf = build::box("iinf", "\0\0\0\0\0\1"s + infe);
  const auto meta = build::box("meta", "\0\0\0\0"s + iinf + iloc);

  const Facts facts = build::look_at(build::box("ftyp", "heic\0\0\0\0heic"s) + meta, "a.heic");

  CHECK(facts.warnings.size() == 1);
}

TEST_CASE("a HEIC whose boxes promise more than there is says so") {
  const auto whole = build::heic({.exif = {build::text(0x9003, "2019:07:04 18:00:01")}}, 1);

  const Facts facts = build::look_at(whole + "\0\0\xFF\0mdat"s, "a.heic");

  CHECK(build::taken(facts) == "2019-07-04T18:00:01-00:00");
  REQUIRE(facts.warnings.size() == 1);
  CHECK(facts.warnings.front().find("ends early") != std::string::npos);
}

TEST_CASE("EXIF that is none is said to be unreadable") {
  const Facts facts =
      build::look_at(build::jpeg({build::segment(0xE1, "Exif\0\0garbage!"s)}), "a.jpg");

  REQUIRE(facts.warnings.size() == 1);
  CHECK(facts.warnings.front() == "its EXIF data cannot be read");
}
