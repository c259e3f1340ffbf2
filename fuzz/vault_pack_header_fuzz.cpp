// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/pack_header.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto blobs = vault::parse_pack_header(fuzz::bytes(data, size));
  if (!blobs) return 0;
  // What is listed is as long as it was, and fits where offsets are counted.
  std::uint64_t end = 0;
  for (const vault::BlobPlace& blob : *blobs) {
    fuzz::must(blob.offset == end && blob.length >= vault::seal_overhead);
    end += blob.length;
  }
  fuzz::must(vault::pack_size(*blobs).value == end + size + vault::seal_overhead + 4);
  return 0;
}
