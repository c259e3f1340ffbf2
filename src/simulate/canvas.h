// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace keepsake::simulate {

/// A picture as its encoder takes it: red, green, blue, row by row from the top.
struct Canvas {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> pixels;
};

/// A landscape that differs by its seed: a sky, a sun, hills, and the grain of a small sensor.
/// `drift` moves the sun from 0 to 1 across the sky, for the frames of a video.
Canvas landscape(std::uint32_t width, std::uint32_t height, std::uint64_t seed, double drift = 0);

}  // namespace keepsake::simulate
