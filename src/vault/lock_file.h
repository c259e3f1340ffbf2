// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace keepsake::vault {

/// A file of `locks/`.
struct LockFile {
  Instant time{};
  bool exclusive = false;
  std::string hostname;
  std::string username;
  std::int64_t pid = 0;
};

inline constexpr ByteCount max_lock_json{1 << 20};

/// Not refreshed for so long, a lock is taken for dead, by every program.
inline constexpr std::chrono::minutes dead_after{30};

/// Causes: corrupt.
Result<LockFile> parse_lock(std::string_view text);
std::string to_json(const LockFile& lock);

}  // namespace keepsake::vault
