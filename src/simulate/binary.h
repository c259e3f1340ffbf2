// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace keepsake::simulate {

/// Appends numbers, most significant byte first, as EXIF of Apple and QuickTime have them.
class BinaryWriter {
 public:
  BinaryWriter& u8(std::uint64_t value) { return number(value, 1); }

  BinaryWriter& u16(std::uint64_t value) { return number(value, 2); }

  BinaryWriter& u32(std::uint64_t value) { return number(value, 4); }

  BinaryWriter& u64(std::uint64_t value) { return number(value, 8); }

  BinaryWriter& text(std::string_view text) { return bytes(bytes_of(text)); }

  BinaryWriter& bytes(ByteView bytes);
  BinaryWriter& zeros(std::size_t count);

  [[nodiscard]] std::size_t size() const { return written_.size(); }

  [[nodiscard]] Bytes take() && { return std::move(written_); }

 private:
  BinaryWriter& number(std::uint64_t value, unsigned width);

  Bytes written_;
};

/// An ISO base media box (ISO/IEC 14496-12, 4.2): its length, its four-letter type, its parts.
Bytes box(std::string_view type, std::initializer_list<ByteView> parts);

/// The same with a version and flags in front of its parts.
Bytes full_box(std::string_view type,
               std::uint32_t version_and_flags,
               std::initializer_list<ByteView> parts);

/// A handler box: what its parent describes. QuickTime names a component ("mhlr") before the type
/// ("vide"); ISO files leave that zero.
Bytes handler_box(std::string_view component, std::string_view type);

inline constexpr std::string_view no_component{"\0\0\0\0", 4};

}  // namespace keepsake::simulate
