// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <filesystem>

/// Libraries to measure with: valid headers with dates in front of bytes that no compression makes
/// smaller. Each file follows from the seed and its number alone, so a library grows in place.
namespace keepsake::simulate {

/// Which files of a corpus to make.
struct Batch {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::uint64_t seed = 1;
};

/// Of each hundred files 62 HEIC (1.5 to 3 MB), 15 JPEG (2 to 6 MB), 20 Live Photo videos (2 to
/// 4 MB) and 3 videos (30 to 300 MB, log-uniform); 5 of the HEIC are exact copies of others and 3
/// are copies with another header. Returns the bytes written. Causes: full, denied.
Result<ByteCount> make_photos(const std::filesystem::path& folder, const Batch& batch);

/// JPEG of 4 KiB each in sixty month folders. Causes: full, denied.
Result<ByteCount> make_small(const std::filesystem::path& folder, const Batch& batch);

/// How many files lie below the folder; 0 when it is not there. Causes: denied.
Result<std::uint64_t> count_files(const std::filesystem::path& folder);

}  // namespace keepsake::simulate
