// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/still.h"

#include "base/result.h"
#include "simulate/binary.h"
#include "simulate/exif.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::simulate {
namespace {

constexpr std::string_view exif_name{"Exif\0\0", 6};
constexpr std::string_view xmp_name{"http://ns.adobe.com/xap/1.0/\0", 29};

/// A JPEG segment (ITU-T T.81, B.1.1.4): its marker, its length with the two bytes that say it.
void add_segment(BinaryWriter& jpeg, std::uint8_t marker, std::string_view name, ByteView body) {
  jpeg.u8(0xFF).u8(marker).u16(2 + name.size() + body.size()).text(name).bytes(body);
}

void add_metadata(BinaryWriter& jpeg, const Shot& shot) {
  add_segment(jpeg, 0xE1, exif_name, exif_block(shot));
  const std::string xmp = xmp_packet(shot);
  if (!xmp.empty()) add_segment(jpeg, 0xE1, xmp_name, bytes_of(xmp));
}

/// Where the items lie in the file (ISO/IEC 14496-12, 8.11.3), each in one piece.
Bytes item_locations(std::uint64_t exif_at, std::uint64_t exif_size, std::uint64_t picture_size) {
  BinaryWriter body;
  body.u8(0x44).u8(0).u16(2);  // offsets and lengths of four bytes; two items
  body.u16(1).u16(0).u16(1).u32(exif_at + exif_size).u32(picture_size);
  body.u16(2).u16(0).u16(1).u32(exif_at).u32(exif_size);
  return full_box("iloc", 0, {std::move(body).take()});
}

Bytes item_entry(std::uint16_t id, std::string_view type) {
  return full_box(
      "infe", 0x02000000, {std::move(BinaryWriter().u16(id).u16(0).text(type).u8(0)).take()});
}

Bytes item_properties(const Shot& shot) {
  const Bytes extent =
      full_box("ispe", 0, {std::move(BinaryWriter().u32(shot.width).u32(shot.height)).take()});
  BinaryWriter association;
  association.u32(1).u16(1).u8(1).u8(1);  // one item: number 1 has one property, the first
  return box("iprp", {box("ipco", {extent}), full_box("ipma", 0, {std::move(association).take()})});
}

Bytes item_index(const Shot& shot,
                 std::uint64_t exif_at,
                 std::size_t exif_size,
                 std::uint32_t payload) {
  const Bytes two = std::move(BinaryWriter().u16(2)).take();
  const Bytes describes = box("cdsc", {std::move(BinaryWriter().u16(2).u16(1).u16(1)).take()});
  return full_box("meta",
                  0,
                  {handler_box(no_component, "pict"),
                   full_box("pitm", 0, {std::move(BinaryWriter().u16(1)).take()}),
                   item_locations(exif_at, exif_size, payload),
                   full_box("iinf", 0, {two, item_entry(1, "hvc1"), item_entry(2, "Exif")}),
                   full_box("iref", 0, {describes}),
                   item_properties(shot)});
}

}  // namespace

Bytes jpeg_with_metadata(ByteView jpeg, const Shot& shot) {
  constexpr std::size_t marker_size = 2;
  expect(jpeg.size() > marker_size, "an encoded JPEG has a first marker");
  BinaryWriter writer;
  writer.bytes(jpeg.first(marker_size));
  add_metadata(writer, shot);
  writer.bytes(jpeg.subspan(marker_size));
  return std::move(writer).take();
}

Bytes jpeg_head(const Shot& shot) {
  constexpr std::array<std::byte, 64> flat_quantisation = [] {
    std::array<std::byte, 64> table{};
    table.fill(std::byte{16});
    return table;
  }();
  BinaryWriter writer;
  writer.u16(0xFFD8);
  add_metadata(writer, shot);
  add_segment(writer, 0xDB, std::string_view("\0", 1), flat_quantisation);
  BinaryWriter frame;
  frame.u8(8).u16(shot.height).u16(shot.width).u8(1).u8(1).u8(0x11).u8(0);  // one grey component
  add_segment(writer, 0xC0, {}, std::move(frame).take());
  // One code of one bit for each of the two kinds of table, direct and alternating current.
  for (const unsigned table : {0x00U, 0x10U}) {
    BinaryWriter codes;
    codes.u8(table).u8(1).zeros(15).u8(0);
    add_segment(writer, 0xC4, {}, std::move(codes).take());
  }
  BinaryWriter scan;
  scan.u8(1).u8(1).u8(0).u8(0).u8(63).u8(0);
  add_segment(writer, 0xDA, {}, std::move(scan).take());
  return std::move(writer).take();
}

Bytes jpeg_end() { return std::move(BinaryWriter().u16(0xFFD9)).take(); }

Bytes heic_head(const Shot& shot, std::uint32_t payload) {
  BinaryWriter exif;
  exif.u32(exif_name.size()).text(exif_name).bytes(exif_block(shot));
  const Bytes item = std::move(exif).take();
  const Bytes type = box(
      "ftyp", {bytes_of("heic"), std::move(BinaryWriter().u32(0)).take(), bytes_of("mif1heic")});
  constexpr std::size_t data_head = 8;
  const std::size_t index_size = item_index(shot, 0, item.size(), payload).size();
  const std::uint64_t exif_at = type.size() + index_size + data_head;
  BinaryWriter writer;
  writer.bytes(type).bytes(item_index(shot, exif_at, item.size(), payload));
  writer.u32(data_head + item.size() + payload).text("mdat").bytes(item);
  return std::move(writer).take();
}

}  // namespace keepsake::simulate
