// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "media/part.h"

#include <string>
#include <string_view>
#include <vector>

namespace keepsake::media {

/// Text in whatever encoding files use, as UTF-8: cut at the first NUL, without blanks around it.
/// Bytes that are not UTF-8 are taken for Latin-1.
std::string wording(std::string_view raw);

/// The same for UTF-16; a byte order mark outweighs `order`.
std::string wording_of_utf16(ByteView raw, Order order);

/// The pieces of a text between separators, trimmed, without empty ones.
std::vector<std::string> pieces(std::string_view text, char separator);

}  // namespace keepsake::media
