// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace keepsake::simulate {

/// A file of the demo library and what is special about it.
struct Made {
  std::string path;  ///< below the library's folder, raw bytes
  std::string what;
  ByteCount size;
};

/// Draws a small photo library with everything a real one has: trips in several zones, Live Photos,
/// an edit, RAW beside JPEG, copies, namesakes, hostile names, a broken file. The same seed draws
/// the same bytes. Causes: full, denied, unsupported (no HEIC encoder).
Result<std::vector<Made>> make_demo_library(const std::filesystem::path& folder,
                                            std::uint64_t seed);

}  // namespace keepsake::simulate
