// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/tiff.h"

#include "media/wording.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace keepsake::media {

namespace {

constexpr std::size_t most_directories = 32;
constexpr std::uint64_t most_entries = 512;
constexpr std::uint64_t most_text = 64U << 10U;

enum Type : std::uint16_t {
  type_byte = 1,
  type_rational = 5,
  type_signed_byte = 6,
  type_signed_short = 8,
  type_signed_long = 9,
  type_signed_rational = 10,
  type_float = 11,
  type_double = 12,
};

/// Bytes of one value of each type; 0 where there is no such type.
constexpr std::array<std::uint8_t, 19> type_sizes = {
    0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

std::uint64_t size_of(std::uint16_t type) {
  return type < type_sizes.size() ? type_sizes[type] : 0;
}

double fraction(ByteView raw, Order order, bool is_signed) {
  const auto above = static_cast<std::uint32_t>(number_in(raw.first(4), order));
  const auto below = static_cast<std::uint32_t>(number_in(raw.last(4), order));
  if (below == 0) return std::numeric_limits<double>::quiet_NaN();
  if (is_signed)
    return static_cast<double>(std::bit_cast<std::int32_t>(above)) /
           static_cast<double>(std::bit_cast<std::int32_t>(below));
  return static_cast<double>(above) / static_cast<double>(below);
}

double one_number(std::uint16_t type, ByteView raw, Order order) {
  const auto value = number_in(raw, order);
  switch (type) {
    case type_rational:
    case type_signed_rational:
      return fraction(raw, order, type == type_signed_rational);
    case type_signed_byte:
      return static_cast<std::int8_t>(value);
    case type_signed_short:
      return static_cast<std::int16_t>(value);
    case type_signed_long:
      return static_cast<std::int32_t>(value);
    case type_float:
      return std::bit_cast<float>(static_cast<std::uint32_t>(value));
    case type_double:
      return std::bit_cast<double>(value);
    default:
      return static_cast<double>(value);
  }
}

}  // namespace

ByteView TiffEntry::short_bytes() const {
  return value.size() > most_text ? ByteView() : value.all();
}

std::string TiffEntry::text() const { return wording(text_of(short_bytes())); }

std::vector<double> TiffEntry::numbers(std::size_t most) const {
  const auto width = size_of(type);
  std::vector<double> found;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, most); ++i) {
    const auto raw = value.bytes(i * width, width);
    if (raw.empty()) break;
    found.push_back(one_number(type, raw, order));
  }
  return found;
}

std::optional<std::uint64_t> TiffEntry::number(std::uint64_t index) const {
  const auto width = size_of(type);
  if (type == type_rational || type == type_signed_rational || index >= count) return std::nullopt;
  return value.number(index * width, static_cast<unsigned>(width), order);
}

std::optional<Tiff> Tiff::open(Part part) {
  const bool little = part.has(0, "II");
  if (!little && !part.has(0, "MM")) return std::nullopt;
  Tiff tiff(part, little ? Order::little : Order::big);
  const auto magic = part.u16(2, tiff.order_);
  if (!magic) return std::nullopt;
  constexpr std::array<std::uint64_t, 4> magics = {42, 0x4F52, 0x5352, 0x55};  // TIFF, ORF, RW2
  tiff.big_ = *magic == 43;
  if (!tiff.big_ && std::find(magics.begin(), magics.end(), *magic) == magics.end())
    return std::nullopt;
  const auto first = tiff.big_ ? part.u64(8, tiff.order_) : part.u32(4, tiff.order_);
  if (!first) return std::nullopt;
  tiff.first_ = *first;
  return tiff;
}

std::optional<std::uint64_t> Tiff::visit(std::uint64_t directory, const Visit& see) {
  const bool seen = std::find(visited_.begin(), visited_.end(), directory) != visited_.end();
  if (seen || visited_.size() >= most_directories) return 0;
  visited_.push_back(directory);
  const unsigned count_width = big_ ? 8 : 2;
  const std::uint64_t entry_size = big_ ? 20 : 12;
  const auto count = part_.number(directory, count_width, order_);
  if (!count) return std::nullopt;
  const auto first = directory + count_width;
  const auto shown = std::min(*count, most_entries);
  std::vector<std::uint16_t> tags;
  for (std::uint64_t i = 0; i < shown; ++i) {
    const auto entry = entry_at(first + i * entry_size);
    if (!entry || std::find(tags.begin(), tags.end(), entry->tag) != tags.end()) continue;
    tags.push_back(entry->tag);
    see(*entry);
  }
  if (shown < *count) return 0;
  return part_.number(first + *count * entry_size, big_ ? 8 : 4, order_).value_or(0);
}

std::optional<TiffEntry> Tiff::entry_at(std::uint64_t position) const {
  const unsigned wide = big_ ? 8 : 4;
  const auto tag = part_.u16(position, order_);
  const auto type = part_.u16(position + 2, order_);
  const auto count = part_.number(position + 4, wide, order_);
  const auto place = part_.number(position + 4 + wide, wide, order_);
  if (!tag || !type || !count || !place) return std::nullopt;
  const auto width = size_of(static_cast<std::uint16_t>(*type));
  if (width == 0 || *count == 0 || *count > part_.size() / width) return std::nullopt;
  const auto length = *count * width;
  const auto start = length <= wide ? position + 4 + wide : *place;
  if (!part_.holds(start, length)) return std::nullopt;
  return TiffEntry{static_cast<std::uint16_t>(*tag),
                   static_cast<std::uint16_t>(*type),
                   *count,
                   part_.slice(start, length),
                   order_};
}

}  // namespace keepsake::media
