// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/heif.h"

#include "media/boxes.h"
#include "media/exif_payload.h"
#include "media/heif_items.h"
#include "media/xmp.h"

#include <algorithm>

namespace keepsake::media {

namespace {

constexpr std::uint64_t most_item = 8U << 20U;

/// An item in several pieces, joined.
Bytes joined(const Part& space, const HeifLocation& location) {
  Bytes whole;
  for (const HeifExtent& extent : location.extents) {
    const auto piece = space.bytes(extent.start, extent.length);
    if (piece.empty() || whole.size() + piece.size() > most_item) break;
    whole.insert(whole.end(), piece.begin(), piece.end());
  }
  return whole;
}

void read_item(const Part& data, HeifItemType type, Findings& findings) {
  if (type == HeifItemType::exif) read_exif_payload(data, findings);
  if (type == HeifItemType::xmp) read_xmp(data, findings.xmp);
}

/// False when the item's bytes lie outside the file. Editors that remove an item leave it without
/// bytes, which is no damage.
bool read_at(const Part& space,
             const HeifLocation& location,
             HeifItemType type,
             Findings& findings) {
  const auto outside = [&](const HeifExtent& extent) {
    return !space.holds(extent.start, extent.length);
  };
  if (location.extents.empty() ||
      std::any_of(location.extents.begin(), location.extents.end(), outside))
    return false;
  if (location.extents.size() == 1) {
    const auto& only = location.extents.front();
    if (only.length != 0) read_item(space.slice(only.start, only.length), type, findings);
    return true;
  }
  const Bytes whole = joined(space, location);
  BytesInMemory memory(whole);
  Window window(memory);
  if (!whole.empty()) read_item(Part(window), type, findings);
  return true;
}

void read_meta(const Part& file, const Part& meta, Findings& findings) {
  const auto boxes = meta.from(4);
  const auto iinf = find_box(boxes, four("iinf"));
  const auto iloc = find_box(boxes, four("iloc"));
  if (!iinf || !iloc) return;
  for (const HeifItem& item : heif_metadata_items(*iinf)) {
    const auto location = find_heif_location(*iloc, item.id);
    const auto idat =
        location && location->method == 1 ? find_box(boxes, four("idat")) : std::optional(file);
    if (!location || location->method > 1 || !idat ||
        !read_at(*idat, *location, item.type, findings))
      findings.warnings.emplace_back("a part of its metadata is missing");
  }
}

}  // namespace

void read_heif(Part file, Findings& findings) {
  Boxes boxes(file);
  bool has_meta = false;
  bool has_film = false;
  while (const auto box = boxes.next()) {
    has_film = has_film || box->type == four("moov");
    if (box->type != four("meta") || has_meta) continue;
    has_meta = true;
    read_meta(file, box->body, findings);
  }
  if (boxes.overran() || !(has_meta || has_film))
    findings.warnings.emplace_back("the picture ends early: its boxes promise more than there is");
}

}  // namespace keepsake::media
