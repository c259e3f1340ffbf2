// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "net/http.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// What servers that keep files answer alike, whatever they speak.
namespace keepsake::storage {

/// More of an answer that only says whether something was done is not read.
inline constexpr ByteCount longest_complaint{64 << 10};

/// The value of a Range header.
std::string range_of(std::uint64_t position, std::size_t count);

/// How long the file is that a HEAD asked about. Causes: corrupt.
Result<ByteCount> length_in(const net::Response& answer);

/// Takes the part that was asked for, of an answer that is a success. Causes: unsupported (a whole
/// file for a part), corrupt (another part).
Result<> take_part(const net::Response& answer, std::span<std::byte> buffer);

}  // namespace keepsake::storage
