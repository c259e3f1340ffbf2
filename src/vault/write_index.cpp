// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/write_index.h"

#include "vault/unpacked.h"

namespace keepsake::vault {

std::size_t packs_of_one_index(std::span<const PackContents> packs) {
  std::size_t blobs = 0;
  std::size_t count = 0;
  for (const PackContents& pack : packs) {
    blobs += pack.blobs.size();
    if (count > 0 && blobs > blobs_per_index) break;
    ++count;
  }
  return count;
}

Result<ByteCount> write_index(const Repository& repository, std::span<const PackContents> packs) {
  const auto file = pack_json(repository.key(), repository.config().version, to_index_json(packs));
  TRY(repository.storage().put(file_name("index", file.id), file.stored));
  return ByteCount{file.stored.size()};
}

}  // namespace keepsake::vault
