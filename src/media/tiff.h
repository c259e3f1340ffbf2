// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/part.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::media {

/// One entry of a TIFF directory; its value lies within the file.
struct TiffEntry {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint64_t count = 0;
  Part value;
  Order order = Order::big;

  /// Its bytes, none where they are too many for a text. Valid until the next look at the file.
  [[nodiscard]] ByteView short_bytes() const;

  /// As text in UTF-8.
  [[nodiscard]] std::string text() const;

  /// Its numbers, at most `most` of them; a fraction with a zero below becomes NaN. Empty for text.
  [[nodiscard]] std::vector<double> numbers(std::size_t most) const;

  /// One of its whole numbers.
  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t index = 0) const;
};

/// The directories of a TIFF structure: 2-byte count, 12-byte entries (tag, type, count, value or
/// its place), place of the next one; BigTIFF has wider fields. (TIFF 6.0; EXIF 2.32 §4.6)
class Tiff {
 public:
  /// Reads the header: byte order, a magic number, the place of the first directory. Raw formats
  /// with magic numbers of their own (ORF, RW2) are taken too.
  static std::optional<Tiff> open(Part part);

  /// For structures without a header: places count from the start of `part`.
  Tiff(Part part, Order order) : part_(part), order_(order) {}

  [[nodiscard]] const Part& part() const { return part_; }

  [[nodiscard]] std::uint64_t first_directory() const { return first_; }

  using Visit = std::function<void(const TiffEntry&)>;

  /// Shows each entry whose value exists, of several with one tag the first. Returns the place of
  /// the next directory, 0 for none, or nothing where there is no directory. A place that was seen
  /// before is not visited again, so that loops end.
  std::optional<std::uint64_t> visit(std::uint64_t directory, const Visit& see);

 private:
  [[nodiscard]] std::optional<TiffEntry> entry_at(std::uint64_t position) const;

  Part part_;
  Order order_;
  bool big_ = false;
  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> visited_;
};

}  // namespace keepsake::media
