// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"
#include "media/facts.h"
#include "media_walk.h"

#include <chrono>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  keepsake::BytesInMemory memory(keepsake::fuzz::view_of(data, size));
  constexpr keepsake::Instant now = std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);
  const auto facts = keepsake::media::look(memory, "IMG_20190704_180001.HEIC", now);
  keepsake::expect(facts.has_value(), "a damaged file is not an error");
  return 0;
}
