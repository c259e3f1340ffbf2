// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "photo/asset.h"

#include <cstdint>
#include <optional>
#include <string>

namespace keepsake::simulate {

/// What a made-up picture or video says about itself; what is absent is not written.
struct Shot {
  std::string make = "Apple";
  std::string model = "iPhone 15 Pro";
  std::optional<CaptureTime> taken;
  std::optional<photo::Place> place;
  std::optional<std::string> content_id;  ///< pairs a Live Photo's still with its video
  photo::Labels labels;                   ///< written as XMP, where there are any
  std::string description;                ///< EXIF ImageDescription
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// "2024:05:01 12:00:00", as EXIF writes a wall time.
std::string exif_time(const CaptureTime& time);

/// "+02:00"
std::string offset_text(const CaptureTime& time);

}  // namespace keepsake::simulate
