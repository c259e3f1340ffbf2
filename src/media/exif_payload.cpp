// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/exif_payload.h"

#include "media/exif.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

bool starts_tiff(const Part& payload, std::uint64_t position) {
  return payload.has(position, "II*\0"sv) || payload.has(position, "MM\0*"sv);
}

}  // namespace

void read_exif_payload(Part payload, Findings& findings) {
  const std::array<std::uint64_t, 4> starts = {payload.u32(0).value_or(0) + 4, 0, 4, 6};
  for (const auto start : starts)
    if (starts_tiff(payload, start)) return read_exif(payload.from(start), findings);
  findings.warnings.emplace_back("its EXIF data cannot be read");
}

}  // namespace keepsake::media
