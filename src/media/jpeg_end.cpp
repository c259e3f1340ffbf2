// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/jpeg_end.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace keepsake::media {

namespace {

constexpr std::string_view end_mark = "\xFF\xD9";
constexpr std::uint64_t chunk = 256U << 10U;
constexpr std::uint64_t tail = 64;

bool ends_with_mark(const Part& scan) {
  const auto length = std::min(scan.size(), tail);
  auto text = text_of(scan.bytes(scan.size() - length, length));
  while (!text.empty() && (text.back() == '\0' || text.back() == '\n' || text.back() == '\r'))
    text.remove_suffix(1);
  return text.ends_with(end_mark);
}

}  // namespace

bool has_jpeg_end(Part scan) {
  if (ends_with_mark(scan)) return true;
  // In a picture's data FF is always followed by 00 or a marker, so the mark is never data. The
  // chunks overlap by a byte, lest it lie between two.
  for (std::uint64_t position = 0; position + 1 < scan.size(); position += chunk) {
    const auto length = std::min(chunk + 1, scan.size() - position);
    const auto text = text_of(scan.bytes(position, length));
    if (text.find(end_mark) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace keepsake::media
