// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "storage/webdav/multistatus.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto found = storage::webdav::read_multistatus(fuzz::text(data, size));
  if (found)
    for (const auto& resource : *found) fuzz::must(!resource.path.ends_with('/'));
  return 0;
}
