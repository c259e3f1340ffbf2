// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/iptc.h"

#include "media/exif.h"
#include "media/wording.h"
#include "media/xmp.h"

#include <cstdint>
#include <string>

namespace keepsake::media {

namespace {

constexpr int most_records = 5000;
constexpr std::uint64_t most_bytes = 1U << 20U;  ///< of all records
constexpr int most_resources = 500;
constexpr std::uint64_t longest_value = 0x7FFF;  ///< longer ones have another form of length

/// Record and data set as one number: 2:55 is 255.
constexpr std::uint64_t data_set(std::uint64_t record, std::uint64_t number) {
  return record * 1000 + number;
}

void see(std::uint64_t which, std::string value, Iptc& iptc) {
  if (value.empty()) return;
  switch (which) {
    case data_set(2, 5):
      keep_first(iptc.title, std::move(value));
      break;
    case data_set(2, 25):
      iptc.keywords.push_back(std::move(value));
      break;
    case data_set(2, 55):
      keep_first(iptc.date, std::move(value));
      break;
    case data_set(2, 60):
      keep_first(iptc.time, std::move(value));
      break;
    case data_set(2, 120):
      keep_first(iptc.caption, std::move(value));
      break;
    default:
      break;
  }
}

}  // namespace

void read_iptc(Part part, Iptc& iptc) {
  // Whether 1:90 announces UTF-8 or not, a value that is valid UTF-8 is taken for it: Latin-1 text
  // hardly ever is by chance, and many writers forget the announcement.
  part = part.slice(0, most_bytes);
  std::uint64_t position = 0;
  for (int i = 0; i < most_records && part.has(position, "\x1C"); ++i) {
    const auto record = part.u8(position + 1);
    const auto number = part.u8(position + 2);
    const auto length = part.u16(position + 3);
    if (!record || !number || !length || *length > longest_value) return;
    if (!part.holds(position + 5, *length)) return;
    see(data_set(*record, *number), wording(text_of(part.bytes(position + 5, *length))), iptc);
    position += 5 + *length;
  }
}

void read_photoshop(Part part, Findings& findings) {
  std::uint64_t position = 0;
  for (int i = 0; i < most_resources && part.has(position, "8BIM"); ++i) {
    const auto id = part.u16(position + 4);
    const auto name_length = part.u8(position + 6);
    if (!id || !name_length) return;
    const auto name_end = position + 6 + ((*name_length + 2) & ~std::uint64_t{1});
    const auto length = part.u32(name_end);
    if (!length) return;
    const auto data = part.slice(name_end + 4, *length);
    if (*id == 0x0404) read_iptc(data, findings.iptc);
    if (*id == 0x0422) read_exif(data, findings);
    if (*id == 0x0424) read_xmp(data, findings.xmp);
    position = name_end + 4 + ((*length + 1) & ~std::uint64_t{1});
  }
}

}  // namespace keepsake::media
