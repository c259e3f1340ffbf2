// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/binary.h"
#include "simulate/encode.h"
#include "simulate/exif.h"
#include "simulate/tiff.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace keepsake::simulate {
namespace {

/// Red, green / green, blue: each place of the sensor sees one colour only, here with 12 bits.
Bytes through_colour_filter(const Canvas& canvas) {
  constexpr std::array<std::size_t, 4> seen{0, 1, 1, 2};
  BinaryWriter sensor;
  for (std::size_t y = 0; y < canvas.height; ++y)
    for (std::size_t x = 0; x < canvas.width; ++x) {
      const std::size_t colour = seen.at(y % 2 * 2 + x % 2);
      sensor.u16(std::uint64_t{canvas.pixels[(y * canvas.width + x) * 3 + colour]} * 16);
    }
  return std::move(sensor).take();
}

void add_colour_science(TiffDirectory& first) {
  first.add_byte(0xC612, {1, 4, 0, 0});          // DNGVersion
  first.add_text(0xC614, "Keepsake Simulator");  // UniqueCameraModel
  first.add_long(0xC61D, 4095);                  // WhiteLevel
  // ColorMatrix1: from XYZ (D65) to linear sRGB, as our canvas has it
  first.add_signed_rational(0xC621,
                            {{32404, 10000},
                             {static_cast<std::uint32_t>(-15371), 10000},
                             {static_cast<std::uint32_t>(-4985), 10000},
                             {static_cast<std::uint32_t>(-9693), 10000},
                             {18760, 10000},
                             {416, 10000},
                             {556, 10000},
                             {static_cast<std::uint32_t>(-2040), 10000},
                             {10572, 10000}});
  first.add_rational(0xC628, {{1, 1}, {1, 1}, {1, 1}});  // AsShotNeutral
  first.add_short(0xC65A, {21});                         // CalibrationIlluminant1: D65
}

}  // namespace

Bytes encode_dng(const Canvas& canvas, const Shot& shot) {
  Bytes sensor = through_colour_filter(canvas);
  TiffDirectory first = exif_directory(shot);
  first.add_long(0x00FE, 0);  // the full picture
  first.add_long(0x0100, canvas.width);
  first.add_long(0x0101, canvas.height);
  first.add_short(0x0102, {16});     // bits
  first.add_short(0x0103, {1});      // uncompressed
  first.add_short(0x0106, {32803});  // seen through a colour filter
  first.add_long(0x0117, static_cast<std::uint32_t>(sensor.size()));
  first.add_pointer_to(0x0111, std::move(sensor));
  first.add_short(0x0115, {1});  // one sample a pixel
  first.add_long(0x0116, canvas.height);
  first.add_short(0x011C, {1});
  first.add_short(0x828D, {2, 2});       // the filter repeats every two by two
  first.add_byte(0x828E, {0, 1, 1, 2});  // red, green, green, blue
  add_colour_science(first);
  return tiff_structure(first);
}

}  // namespace keepsake::simulate
