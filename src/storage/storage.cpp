// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/storage.h"

#include <fmt/format.h>

namespace keepsake::storage {

Result<> Storage::read_part(std::string_view name,
                            std::uint64_t position,
                            std::span<std::byte> buffer) {
  const auto file = TRY(open(name, Reading::cached));
  const auto count = TRY(file->read_at(position, buffer));
  if (count == buffer.size()) return {};
  return fail(Error{Cause::corrupt, "it is shorter than it should be", std::string(name)});
}

Result<> Storage::rename(std::string_view from, std::string_view /*to*/, Existing /*existing*/) {
  return fail(Error{
      Cause::unsupported, "files cannot be renamed here", std::string(from), Scope::destination});
}

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
