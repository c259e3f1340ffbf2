// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/binary.h"

namespace keepsake::simulate {

BinaryWriter& BinaryWriter::bytes(ByteView bytes) {
  written_.insert(written_.end(), bytes.begin(), bytes.end());
  return *this;
}

BinaryWriter& BinaryWriter::zeros(std::size_t count) {
  written_.resize(written_.size() + count);
  return *this;
}

BinaryWriter& BinaryWriter::number(std::uint64_t value, unsigned width) {
  for (unsigned left = width; left > 0; --left)
    written_.push_back(static_cast<std::byte>((value >> (8 * (left - 1))) & 0xFFU));
  return *this;
}

Bytes box(std::string_view type, std::initializer_list<ByteView> parts) {
  std::size_t length = 8;
  for (const ByteView part : parts) length += part.size();
  BinaryWriter writer;
  writer.u32(length).text(type);
  for (const ByteView part : parts) writer.bytes(part);
  return std::move(writer).take();
}

Bytes full_box(std::string_view type,
               std::uint32_t version_and_flags,
               std::initializer_list<ByteView> parts) {
  BinaryWriter body;
  body.u32(version_and_flags);
  for (const ByteView part : parts) body.bytes(part);
  const Bytes bytes = std::move(body).take();
  return box(type, {bytes});
}

Bytes handler_box(std::string_view component, std::string_view type) {
  BinaryWriter body;
  body.text(component).text(type).zeros(12).u8(0);
  return full_box("hdlr", 0, {std::move(body).take()});
}

}  // namespace keepsake::simulate
