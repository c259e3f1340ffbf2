// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Answers single questions to a binary property list of Apple's, reading only what it needs and
/// nothing beyond the bytes; nothing where it has no such thing, or is no such list.
///
/// Form (Apple, CFBinaryPList.c): "bplist00", objects, a table of their places, and a trailer of 32
/// bytes: 6 unused, size of a place, size of a reference, and as 8 bytes each the number of
/// objects, the top object, the place of the table. All numbers are big-endian.
namespace keepsake::source {

// Of the dictionary that it is, under that name.
std::optional<std::int64_t> integer_in_plist(ByteView plist, std::string_view name);
std::optional<double> real_in_plist(ByteView plist, std::string_view name);  ///< or a whole number

/// Of the list of texts that it is.
std::optional<std::vector<std::string>> texts_in_plist(ByteView plist);

}  // namespace keepsake::source
