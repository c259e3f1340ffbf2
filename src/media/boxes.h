// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/part.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keepsake::media {

/// A code of four bytes as a number: `four("moov")`.
constexpr std::uint32_t four(std::string_view code) {
  std::uint32_t value = 0;
  for (const char c : code) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

/// A box of an ISO media file, called atom in QuickTime.
struct Box {
  std::uint32_t type = 0;
  Part body;
};

/// Walks the boxes of a part (ISO/IEC 14496-12 §4.2): 4-byte length that counts itself, type, body.
/// Length 1 means that 8 bytes of length follow the type, 0 that the box reaches to the end.
class Boxes {
 public:
  explicit Boxes(Part part) : part_(part) {}

  /// The next box, cut where the part ends; nothing after the last.
  std::optional<Box> next();

  /// Whether a box claimed more bytes than there are, or less than its own header.
  [[nodiscard]] bool overran() const { return overran_; }

 private:
  Part part_;
  std::uint64_t position_ = 0;
  int count_ = 0;
  bool overran_ = false;
};

/// The first box of a type within a part.
std::optional<Part> find_box(Part part, std::uint32_t type);

}  // namespace keepsake::media
