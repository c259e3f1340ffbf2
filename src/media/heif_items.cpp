// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/heif_items.h"

#include "media/boxes.h"

#include <algorithm>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t most_items = 20000;
constexpr std::uint64_t most_extents = 64;          ///< of one item
constexpr std::uint64_t most_extents_seen = 65536;  ///< of all: fields may be 0 bytes wide
constexpr std::size_t most_metadata_items = 16;

/// Numbers in a row, of widths that the box itself tells. Reading past the end yields zeros and is
/// remembered.
class Fields {
 public:
  explicit Fields(Part part) : part_(part) {}

  std::uint64_t take(std::uint64_t width) {
    if (width == 0) return 0;
    const auto value = part_.number(position_, static_cast<unsigned>(width), Order::big);
    broken_ = broken_ || !value;
    position_ += width;
    return value.value_or(0);
  }

  [[nodiscard]] bool broken() const { return broken_; }

 private:
  Part part_;
  std::uint64_t position_ = 0;
  bool broken_ = false;
};

std::optional<HeifItem> item_of(const Part& infe) {
  const auto version = infe.u8(0).value_or(0);
  if (version < 2) return std::nullopt;
  const unsigned id_width = version == 2 ? 2 : 4;
  const auto id = infe.number(4, id_width, Order::big);
  const auto type = infe.from(4 + id_width + 2);
  if (!id) return std::nullopt;
  if (type.has(0, "Exif")) return HeifItem{*id, HeifItemType::exif};
  if (!type.has(0, "mime")) return std::nullopt;
  // A name ending in NUL, then the content type.
  const auto rest = text_of(type.bytes(4, std::min<std::uint64_t>(type.size() - 4, 256)));
  if (rest.find("\0application/rdf+xml"sv) == std::string_view::npos) return std::nullopt;
  return HeifItem{*id, HeifItemType::xmp};
}

}  // namespace

std::vector<HeifItem> heif_metadata_items(Part iinf) {
  std::vector<HeifItem> items;
  Boxes boxes(iinf.from(iinf.u8(0) == 0U ? 6 : 8));
  while (const auto box = boxes.next()) {
    if (items.size() >= most_metadata_items) break;
    if (box->type != four("infe")) continue;
    if (const auto item = item_of(box->body)) items.push_back(*item);
  }
  return items;
}

std::optional<HeifLocation> find_heif_location(Part iloc, std::uint64_t item) {
  Fields fields(iloc);
  const auto version = fields.take(4) >> 24U;
  const auto widths = fields.take(2);
  const auto offset_width = widths >> 12U;
  const auto length_width = widths >> 8U & 0xFU;
  const auto base_width = widths >> 4U & 0xFU;
  const auto index_width = version == 0 ? 0 : widths & 0xFU;
  if (std::max({offset_width, length_width, base_width, index_width}) > 8) return std::nullopt;
  const auto count = std::min(fields.take(version < 2 ? 2 : 4), most_items);
  std::uint64_t seen = 0;
  for (std::uint64_t i = 0; i < count && !fields.broken(); ++i) {
    HeifLocation location{.item = fields.take(version < 2 ? 2 : 4)};
    if (version > 0) location.method = fields.take(2) & 0xFU;
    fields.take(2);  // which file the bytes are in: 0 is this one
    const auto base = fields.take(base_width);
    const auto extents = fields.take(2);
    seen += extents;
    if (seen > most_extents_seen) return std::nullopt;
    for (std::uint64_t e = 0; e < extents && !fields.broken(); ++e) {
      fields.take(index_width);
      const auto start = base + fields.take(offset_width);
      const auto length = fields.take(length_width);
      if (location.extents.size() < most_extents) location.extents.push_back({start, length});
    }
    if (location.item == item && !fields.broken()) return location;
  }
  return std::nullopt;
}

}  // namespace keepsake::media
