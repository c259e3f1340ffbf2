// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/facts.h"

#include <algorithm>

namespace keepsake::media {

Result<bool> is_all_zeros(RandomAccess& file) {
  constexpr std::size_t chunk = 64U << 10U;
  Bytes buffer(chunk);
  const auto size = file.size().value;
  for (std::uint64_t position = 0; position < size;) {
    const auto count = TRY(file.read_at(position, buffer));
    if (count == 0) break;
    const auto end = buffer.begin() + static_cast<std::ptrdiff_t>(count);
    if (std::any_of(buffer.begin(), end, [](std::byte b) { return b != std::byte{0}; }))
      return false;
    position += count;
  }
  return true;
}

}  // namespace keepsake::media
