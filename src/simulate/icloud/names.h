// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// A name as Apple gives records: an upper-case UUID that follows from the seed.
std::string uuid_of(std::uint64_t seed);

/// The same from the system's randomness.
std::string random_uuid();

/// 24 random bytes, in letters that need no escape anywhere.
std::string random_token();

/// Base64 for addresses: '-' and '_' instead of '+' and '/', and no '='.
std::string to_base64url(ByteView bytes);

/// A number in base 36, as change tags are written.
std::string to_base36(std::uint64_t number);

}  // namespace keepsake::simulate::icloud
