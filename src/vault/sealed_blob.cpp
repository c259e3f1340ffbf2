// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/sealed_blob.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/index.h"
#include "vault/repository.h"

#include <cstdint>

namespace keepsake::vault {

Result<SealedBlob> read_sealed(const Repository& repository, const Index::Found& found) {
  const auto plain = TRY(repository.read_place(found));
  SealedBlob blob;
  blob.sealed.resize(found.place.length);
  TRY(repository.storage().read_part(pack_name(found.pack), found.place.offset, blob.sealed));
  // It was read a second time, and its seal proves that nothing changed in between.
  if (!open_sealed(repository.key(), blob.sealed))
    return fail(Cause::corrupt, "blob {} reads differently each time", found.place.id.hex());
  if (found.place.plain_length != 0) blob.plain_length = static_cast<std::uint32_t>(plain.size());
  return blob;
}

}  // namespace keepsake::vault
