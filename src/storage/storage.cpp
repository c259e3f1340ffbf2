// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/storage.h"

#include <fmt/format.h>

namespace keepsake::storage {

Result<Bytes> Storage::read_all(std::string_view name, ByteCount most) {
  const auto file = TRY(open(name, Reading::cached));
  const ByteCount size = file->size();
  if (size > most)
    return fail(
        Error{Cause::corrupt,
              fmt::format("it has {} bytes, more than any such file ({})", size.value, most.value),
              std::string(name),
              Scope::asset});
  Bytes bytes(size.value);
  const auto count = TRY(file->read_at(0, bytes));
  bytes.resize(count);
  return bytes;
}

}  // namespace keepsake::storage
