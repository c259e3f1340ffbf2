// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/binary_plist.h"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto plist = std::as_bytes(std::span(data, size));
  static_cast<void>(keepsake::source::photos::integer_in_plist(plist, "PLModelVersion"));
  return 0;
}
