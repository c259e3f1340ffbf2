// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/riff.h"
#include "media_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  keepsake::fuzz::walk(data, size, keepsake::media::read_webp);
  return keepsake::fuzz::walk(data, size, keepsake::media::read_avi);
}
