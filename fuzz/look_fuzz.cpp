// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"
#include "media/facts.h"
#include "media_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  keepsake::BytesInMemory memory(keepsake::fuzz::view_of(data, size));
  const auto now = *keepsake::parse_instant("2030-01-01T00:00:00Z");
  const auto facts = keepsake::media::look(memory, "IMG_20190704_180001.HEIC", now);
  keepsake::expect(facts.has_value(), "a damaged file is not an error");
  return 0;
}
