// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keepsake::source::photos {

/// The integer of that name in the dictionary which a binary property list is; nothing where it has
/// none or is no such list. Reads only what it needs, and nothing beyond the bytes.
///
/// Form (Apple, CFBinaryPList.c): "bplist00", objects, a table of their places, and a trailer of 32
/// bytes: 6 unused, size of a place, size of a reference, and as 8 bytes each the number of
/// objects, the top object, the place of the table. All numbers are big-endian.
std::optional<std::int64_t> integer_in_plist(ByteView plist, std::string_view name);

}  // namespace keepsake::source::photos
