// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/iptc.h"
#include "media_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return keepsake::fuzz::walk(
      data, size, [](keepsake::media::Part file, keepsake::media::Findings& findings) {
        keepsake::media::read_iptc(file, findings.iptc);
      });
}
