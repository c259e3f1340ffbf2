// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/tiff.h"

#include "simulate/binary.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace keepsake::simulate {
namespace {

enum Type : std::uint16_t {
  byte = 1,
  ascii = 2,
  half = 3,
  word = 4,
  ratio = 5,
  raw = 7,
  signed_ratio = 10
};

constexpr std::uint32_t header_size = 8;
constexpr std::size_t entry_size = 12;
constexpr std::size_t inline_size = 4;

Bytes ratios(std::initializer_list<Rational> values) {
  BinaryWriter writer;
  for (const Rational& value : values) writer.u32(value.numerator).u32(value.denominator);
  return std::move(writer).take();
}

}  // namespace

void TiffDirectory::add(std::uint16_t tag, std::uint16_t type, std::size_t count, Bytes value) {
  entries_.push_back({tag, type, static_cast<std::uint32_t>(count), std::move(value), {}});
}

void TiffDirectory::add_text(std::uint16_t tag, std::string_view text) {
  BinaryWriter writer;
  writer.text(text).u8(0);
  const std::size_t count = writer.size();
  add(tag, ascii, count, std::move(writer).take());
}

void TiffDirectory::add_byte(std::uint16_t tag, std::initializer_list<std::uint8_t> values) {
  BinaryWriter writer;
  for (const std::uint8_t value : values) writer.u8(value);
  add(tag, byte, values.size(), std::move(writer).take());
}

void TiffDirectory::add_short(std::uint16_t tag, std::initializer_list<std::uint16_t> values) {
  BinaryWriter writer;
  for (const std::uint16_t value : values) writer.u16(value);
  add(tag, half, values.size(), std::move(writer).take());
}

void TiffDirectory::add_long(std::uint16_t tag, std::uint32_t value) {
  add(tag, word, 1, std::move(BinaryWriter().u32(value)).take());
}

void TiffDirectory::add_rational(std::uint16_t tag, std::initializer_list<Rational> values) {
  add(tag, ratio, values.size(), ratios(values));
}

void TiffDirectory::add_signed_rational(std::uint16_t tag, std::initializer_list<Rational> values) {
  add(tag, signed_ratio, values.size(), ratios(values));
}

void TiffDirectory::add_undefined(std::uint16_t tag, ByteView value) {
  add(tag, raw, value.size(), Bytes(value.begin(), value.end()));
}

void TiffDirectory::add_directory(std::uint16_t tag, TiffDirectory directory) {
  entries_.push_back({tag, word, 1, {}, [directory = std::move(directory)](std::uint32_t offset) {
                        return directory.laid_out(offset);
                      }});
}

void TiffDirectory::add_pointer_to(std::uint16_t tag, Bytes bytes) {
  entries_.push_back(
      {tag, word, 1, {}, [bytes = std::move(bytes)](std::uint32_t) { return bytes; }});
}

Bytes TiffDirectory::laid_out(std::uint32_t offset) const {
  std::vector<Entry> sorted = entries_;
  std::ranges::sort(sorted, {}, &Entry::tag);
  const std::size_t values_at = offset + 2 + entry_size * sorted.size() + 4;
  BinaryWriter directory;
  BinaryWriter values;
  directory.u16(sorted.size());
  for (const Entry& entry : sorted) {
    directory.u16(entry.tag).u16(entry.type).u32(entry.count);
    if (!entry.target && entry.value.size() <= inline_size) {
      directory.bytes(entry.value).zeros(inline_size - entry.value.size());
      continue;
    }
    values.zeros(values.size() % 2);
    const std::size_t at = values_at + values.size();
    directory.u32(at);
    values.bytes(entry.target ? entry.target(static_cast<std::uint32_t>(at)) : entry.value);
  }
  directory.u32(0);  // no further directory
  directory.bytes(std::move(values).take());
  return std::move(directory).take();
}

Bytes tiff_structure(const TiffDirectory& first) {
  BinaryWriter writer;
  writer.text("MM").u16(42).u32(header_size).bytes(first.laid_out(header_size));
  return std::move(writer).take();
}

}  // namespace keepsake::simulate
