// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "vault/index.h"

using namespace keepsake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packs = vault::parse_index(fuzz::text(data, size));
  if (!packs) return 0;
  const auto again = vault::parse_index(vault::to_index_json(*packs));
  fuzz::must(again && again->size() == packs->size());
  vault::Index index;
  for (const vault::PackContents& pack : *packs) index.add(pack);
  for (const vault::PackContents& pack : *packs)
    for (const vault::BlobPlace& blob : pack.blobs)
      fuzz::must(index.find(blob.kind, blob.id).has_value());
  for (const vault::PackContents& pack : *packs) index.remove(pack.pack);
  fuzz::must(index.blob_count() == 0 && index.packs().empty());
  return 0;
}
