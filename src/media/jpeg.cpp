// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/jpeg.h"

#include "media/exif.h"
#include "media/extended_xmp.h"
#include "media/iptc.h"
#include "media/jpeg_end.h"
#include "media/xmp.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr int most_segments = 5000;
constexpr std::uint64_t most_stray = 64U << 10U;  ///< bytes between segments where none belong

constexpr auto exif_name = "Exif\0"sv;
constexpr auto xmp_name = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr auto photoshop_name = "Photoshop 3.0\0"sv;

enum Marker : std::uint8_t {
  marker_restart_first = 0xD0,
  marker_end = 0xD9,
  marker_scan = 0xDA,
  marker_app1 = 0xE1,
  marker_app13 = 0xED,
};

/// FF may be repeated before a marker, and careless editors leave bytes that belong to nothing.
/// The place behind the next marker, or nothing.
std::optional<std::uint64_t> behind_marker(const Part& picture, std::uint64_t position) {
  for (std::uint64_t stray = 0; stray < most_stray; ++stray, ++position) {
    const auto byte = picture.u8(position);
    if (!byte) return std::nullopt;
    if (*byte != 0xFF) continue;
    const auto next = picture.u8(position + 1);
    if (next && *next != 0xFF && *next != 0x00) return position + 2;
  }
  return std::nullopt;
}

void see_app1(const Part& data, ExtendedXmp& extended, Findings& findings) {
  if (data.has(0, exif_name)) {
    read_exif(data.from(6), findings);
  } else if (data.has(0, xmp_name)) {
    read_xmp(data.from(xmp_name.size()), findings.xmp);
  } else {
    extended.add(data);
  }
}

/// Where the first scan starts, or nothing when the file ends before.
std::optional<std::uint64_t> walk_segments(const Part& picture, Findings& findings) {
  ExtendedXmp extended;
  std::optional<std::uint64_t> scan;
  std::uint64_t position = 2;
  for (int i = 0; i < most_segments && !scan; ++i) {
    const auto start = behind_marker(picture, position);
    if (!start) break;
    const auto marker = picture.u8(*start - 1).value_or(0);
    if (marker == marker_scan || marker == marker_end) scan = *start - 2;
    position = *start;
    if (scan || marker == 0x01 || (marker >= marker_restart_first && marker < marker_end)) continue;
    const auto length = picture.u16(position);
    if (!length) break;
    if (*length < 2) continue;
    const auto data = picture.slice(position + 2, *length - 2);
    if (marker == marker_app1) see_app1(data, extended, findings);
    if (marker == marker_app13 && data.has(0, photoshop_name))
      read_photoshop(data.from(photoshop_name.size()), findings);
    position += *length;
  }
  extended.finish(findings.xmp);
  return scan;
}

}  // namespace

void read_jpeg_headers(Part picture, Findings& findings) { walk_segments(picture, findings); }

void read_jpeg(Part file, Findings& findings) {
  const auto scan = walk_segments(file, findings);
  if (!scan || !has_jpeg_end(file.from(*scan)))
    findings.warnings.emplace_back("the picture ends early: a part of the file is missing");
}

}  // namespace keepsake::media
