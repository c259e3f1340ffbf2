// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

#include <array>
#include <cstdint>

namespace keepsake::crypto {

/// How costly a key derivation is (RFC 7914).
struct ScryptCost {
  std::uint64_t n = 32768;  ///< a power of two above 1
  std::uint32_t r = 8;
  std::uint32_t p = 1;
};

/// The most memory that a derivation may ask for: 128 * n * r bytes.
inline constexpr ByteCount max_scrypt_memory{1 << 30};

/// The most work that a derivation may ask for, as n * r * p: some ten seconds.
inline constexpr std::uint64_t max_scrypt_work = std::uint64_t{1} << 26U;

/// Causes: invalid for a cost that makes no sense or takes too much.
Result<> check(const ScryptCost& cost);

/// 64 bytes from a password. Causes: invalid for a cost that makes no sense or takes too much.
Result<std::array<std::byte, 64>> scrypt(const Secret& password,
                                         ByteView salt,
                                         const ScryptCost& cost);

}  // namespace keepsake::crypto
