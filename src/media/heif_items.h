// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "media/part.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace keepsake::media {

/// A run of an item's bytes.
struct HeifExtent {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
};

/// Where an item lies: method 0 counts from the start of the file, 1 from the start of `idat`.
struct HeifLocation {
  std::uint64_t item = 0;
  std::uint64_t method = 0;
  std::vector<HeifExtent> extents = {};
};

/// What kind of metadata an item is.
enum class HeifItemType { exif, xmp };

struct HeifItem {
  std::uint64_t id = 0;
  HeifItemType type = HeifItemType::exif;
};

/// The items of an `iinf` box that are metadata.
std::vector<HeifItem> heif_metadata_items(Part iinf);

/// Where one item lies, by an `iloc` box.
std::optional<HeifLocation> find_heif_location(Part iloc, std::uint64_t item);

}  // namespace keepsake::media
