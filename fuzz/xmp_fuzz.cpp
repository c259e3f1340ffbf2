// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/xmp.h"
#include "media_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  keepsake::media::Xmp xmp;
  keepsake::media::read_xmp(keepsake::fuzz::view_of(data, size), xmp);
  return 0;
}
