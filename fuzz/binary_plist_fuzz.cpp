// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/binary_plist.h"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto plist = std::as_bytes(std::span(data, size));
  static_cast<void>(keepsake::source::integer_in_plist(plist, "PLModelVersion"));
  static_cast<void>(keepsake::source::real_in_plist(plist, "lat"));
  static_cast<void>(keepsake::source::texts_in_plist(plist));
  return 0;
}
