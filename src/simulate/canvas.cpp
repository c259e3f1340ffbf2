// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/canvas.h"

#include "simulate/dice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace keepsake::simulate {
namespace {

struct Colour {
  double red = 0;
  double green = 0;
  double blue = 0;
};

Colour mixed(const Colour& from, const Colour& to, double share) {
  return {std::lerp(from.red, to.red, share),
          std::lerp(from.green, to.green, share),
          std::lerp(from.blue, to.blue, share)};
}

/// Two waves, higher or lower by their chance; lengths are shares of the picture's height.
struct Ridge {
  double height = 0;
  double first_phase = 0;
  double second_phase = 0;
  double waves = 0;
  Colour colour;

  [[nodiscard]] double top_at(double across) const {
    return height + 0.05 * std::sin(across * waves + first_phase) +
           0.02 * std::sin(across * waves * 2.7 + second_phase);
  }
};

/// What the dice decided about one landscape; positions are shares of width and height.
struct Scene {
  Colour zenith;
  Colour horizon;
  Colour sun;
  double sun_across = 0;
  double sun_down = 0;
  std::array<Ridge, 3> ridges;
};

/// The colours of one row: of the bare sky, and of each ridge, paler towards the horizon.
struct Row {
  double down = 0;
  Colour sky;
  std::array<Colour, 3> hills;
};

Row row_of(const Scene& scene, double down) {
  Row row{down, mixed(scene.zenith, scene.horizon, std::min(1.0, down * 1.6)), {}};
  for (std::size_t i = 0; i < row.hills.size(); ++i)
    row.hills.at(i) = mixed(scene.ridges.at(i).colour, scene.horizon, 0.25 * (1 - down));
  return row;
}

/// The tops of the ridges in each column, farthest first.
std::vector<std::array<double, 3>> skyline(const Scene& scene, std::uint32_t width) {
  std::vector<std::array<double, 3>> tops(width);
  for (std::uint32_t x = 0; x < width; ++x)
    for (std::size_t i = 0; i < scene.ridges.size(); ++i)
      tops[x].at(i) = scene.ridges.at(i).top_at(static_cast<double>(x) / width);
  return tops;
}

Colour colour_at(const Scene& scene,
                 const Row& row,
                 const std::array<double, 3>& tops,
                 double across,
                 double aspect) {
  for (std::size_t i = tops.size(); i > 0; --i)
    if (row.down > tops.at(i - 1)) return row.hills.at(i - 1);
  const double distance =
      std::hypot((across - scene.sun_across) * aspect, row.down - scene.sun_down);
  return mixed(scene.sun, row.sky, std::clamp((distance - 0.06) / 0.09, 0.0, 1.0));
}

Scene scene_of(Dice& dice, double drift) {
  const auto tint = [&](double low, double high) { return std::lerp(low, high, dice.fraction()); };
  Scene scene;
  scene.zenith = {tint(20, 120), tint(60, 150), tint(120, 235)};
  scene.horizon = {tint(190, 255), tint(150, 220), tint(110, 210)};
  scene.sun = {255, tint(200, 250), tint(120, 230)};
  scene.sun_across = tint(0.1, 0.5) + 0.4 * drift;
  scene.sun_down = tint(0.12, 0.4);
  const Colour near{tint(10, 60), tint(40, 90), tint(20, 60)};
  for (std::size_t i = 0; i < scene.ridges.size(); ++i) {
    const double nearness = static_cast<double>(i + 1) / static_cast<double>(scene.ridges.size());
    scene.ridges.at(i) = {0.42 + 0.17 * static_cast<double>(i),
                          tint(0, 6),
                          tint(0, 6),
                          tint(3, 11),
                          mixed(scene.horizon, near, nearness)};
  }
  return scene;
}

std::uint8_t with_grain(double value, std::uint64_t grain) {
  return static_cast<std::uint8_t>(
      std::clamp(value + static_cast<double>(grain % 9) - 4, 0.0, 255.0));
}

}  // namespace

Canvas landscape(std::uint32_t width, std::uint32_t height, std::uint64_t seed, double drift) {
  Dice dice(seed);
  const Scene scene = scene_of(dice, drift);
  const double aspect = static_cast<double>(width) / height;
  Canvas canvas{width, height, {}};
  canvas.pixels.reserve(std::size_t{3} * width * height);
  const auto tops = skyline(scene, width);
  for (std::uint32_t y = 0; y < height; ++y) {
    const Row row = row_of(scene, static_cast<double>(y) / height);
    for (std::uint32_t x = 0; x < width; ++x) {
      const Colour colour = colour_at(scene, row, tops[x], static_cast<double>(x) / width, aspect);
      const std::uint64_t grain = dice.roll();
      canvas.pixels.push_back(with_grain(colour.red, grain & 0xFFU));
      canvas.pixels.push_back(with_grain(colour.green, (grain >> 8U) & 0xFFU));
      canvas.pixels.push_back(with_grain(colour.blue, (grain >> 16U) & 0xFFU));
    }
  }
  return canvas;
}

}  // namespace keepsake::simulate
