// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/jpeg.h"
#include "media_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return keepsake::fuzz::walk(data, size, keepsake::media::read_jpeg);
}
