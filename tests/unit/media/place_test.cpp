// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/place.h"

#include "build.h"

#include <doctest/doctest.h>

#include <vector>

using namespace keepsake;
using namespace keepsake::media;

namespace {

std::optional<photo::Place> of_gps(const std::vector<build::Tag>& gps) {
  return build::look_at(build::jpeg({build::exif_segment({.gps = gps})}), "a.jpg").place;
}

}  // namespace

TEST_CASE("GPS tags give degrees north and east in either byte order") {
  CHECK(of_gps(build::gps_place(-35, 138)) == photo::Place{-35, 138});

  const auto little = build::gps_place(48, -11, Order::little);
  const auto bytes = build::jpeg({build::exif_segment({.gps = little}, Order::little)});
  CHECK(build::look_at(bytes, "a.jpg").place == photo::Place{48, -11});
}

TEST_CASE("a place that is none is not taken for one") {
  using build::fractions;
  using build::text;

  struct Row {
    std::string name;
    std::vector<build::Tag> gps;
  };

  for (const Row& row :
       {Row{"empty", {text(0, "2")}},
        Row{"0, 0", build::gps_place(0, 0)},
        Row{"beyond the pole", build::gps_place(91, 5)},
        Row{"beyond the date line", build::gps_place(5, 181)},
        Row{"no hemisphere", {fractions(2, {{48, 1}}), fractions(4, {{11, 1}})}},
        Row{"nothing below the line",
            {text(1, "N"), fractions(2, {{0, 0}}), text(3, "E"), fractions(4, {{11, 1}})}}}) {
    CAPTURE(row.name);
    CHECK_FALSE(of_gps(row.gps).has_value());
  }
}

TEST_CASE("ISO 6709 is read in degrees, minutes and seconds") {
  CHECK(parse_iso6709("+41.6989-086.2376+224.662/") == photo::Place{41.6989, -86.2376});
  CHECK(parse_iso6709("-90+180/") == photo::Place{-90, 180});
  CHECK(parse_iso6709("+4830.0-01115.0/") == photo::Place{48.5, -11.25});
  CHECK(parse_iso6709("+483000-0111500/") == photo::Place{48.5, -11.25});
  for (const char* none : {"", "+", "+48.5", "+00.0000+000.0000/", "+95.0+010.0/", "north"})
    CHECK_FALSE(parse_iso6709(none).has_value());
}

TEST_CASE("angles of XMP are read in both forms that programs write") {
  CHECK(parse_xmp_angle("41,30N") == 41.5);
  CHECK(parse_xmp_angle("41,30,36S").value() == doctest::Approx(-41.51));
  CHECK(parse_xmp_angle("86,15.0W") == -86.25);
  CHECK(parse_xmp_angle("-86.25") == -86.25);
  for (const char* none : {"", "N", "a,bN", "1,2,3,4N", "41;30N"})
    CHECK_FALSE(parse_xmp_angle(none).has_value());
}
