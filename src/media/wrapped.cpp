// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/wrapped.h"

#include "media/exif.h"
#include "media/iptc.h"
#include "media/jpeg.h"
#include "media/xmp.h"

#include <string_view>

namespace keepsake::media {

namespace {

using namespace std::string_view_literals;

constexpr int most_blocks = 64;

}  // namespace

void read_raf(Part file, Findings& findings) {
  const auto start = file.u32(84);
  const auto length = file.u32(88);
  if (start && length) read_jpeg_headers(file.slice(*start, *length), findings);
}

void read_mrw(Part file, Findings& findings) {
  std::uint64_t position = 8;
  for (int i = 0; i < most_blocks; ++i) {
    const auto length = file.u32(position + 4);
    if (!length) return;
    if (file.has(position, "\0TTW"sv))
      return read_tiff(file.slice(position + 8, *length), findings);
    position += 8 + *length;
  }
}

void read_psd(Part file, Findings& findings) {
  const auto table = file.u32(26);
  if (!table) return;
  const auto length = file.u32(30 + *table);
  if (length) read_photoshop(file.slice(34 + *table, *length), findings);
}

void read_sidecar(Part file, Findings& findings) { read_xmp(file, findings.xmp); }

}  // namespace keepsake::media
