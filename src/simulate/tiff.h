// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace keepsake::simulate {

struct Rational {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;
};

/// One directory of a big-endian TIFF structure (TIFF 6.0, section 2), which EXIF, DNG and Apple's
/// maker note share. Add entries in any order; they are written sorted by tag.
class TiffDirectory {
 public:
  void add_text(std::uint16_t tag, std::string_view text);
  void add_byte(std::uint16_t tag, std::initializer_list<std::uint8_t> values);
  void add_short(std::uint16_t tag, std::initializer_list<std::uint16_t> values);
  void add_long(std::uint16_t tag, std::uint32_t value);
  void add_rational(std::uint16_t tag, std::initializer_list<Rational> values);
  void add_signed_rational(std::uint16_t tag, std::initializer_list<Rational> values);
  void add_undefined(std::uint16_t tag, ByteView value);

  /// A directory of its own that this entry points to.
  void add_directory(std::uint16_t tag, TiffDirectory directory);

  /// A run of bytes that this entry points to, such as the pixels.
  void add_pointer_to(std::uint16_t tag, Bytes bytes);

  /// The directory with all it points to, as it lies at this offset of its structure.
  [[nodiscard]] Bytes laid_out(std::uint32_t offset) const;

 private:
  struct Entry {
    std::uint16_t tag = 0;
    std::uint16_t type = 0;
    std::uint32_t count = 0;
    Bytes value;
    std::function<Bytes(std::uint32_t offset)> target;  ///< what a pointer points to
  };

  void add(std::uint16_t tag, std::uint16_t type, std::size_t count, Bytes value);

  std::vector<Entry> entries_;
};

/// A whole TIFF structure with this as its first directory.
Bytes tiff_structure(const TiffDirectory& first);

}  // namespace keepsake::simulate
