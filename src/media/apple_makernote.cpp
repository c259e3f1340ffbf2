// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/apple_makernote.h"

#include "base/text.h"
#include "media/tiff.h"

#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr std::uint16_t tag_burst = 0x000B;
constexpr std::uint16_t tag_content = 0x0011;
constexpr std::uint64_t directory_start = 14;

}  // namespace

void read_apple_makernote(Part note, Findings& findings) {
  if (!note.has(0, "Apple iOS\0\0\x01"sv)) return;
  Tiff tiff(note, note.has(12, "II") ? Order::little : Order::big);
  tiff.visit(directory_start, [&](const TiffEntry& entry) {
    if (entry.tag == tag_content) keep_first(findings.content_id, upper_case(entry.text()));
    if (entry.tag == tag_burst) keep_first(findings.burst_id, upper_case(entry.text()));
  });
}

}  // namespace keepsake::media
