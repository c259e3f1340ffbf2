// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace keepsake::simulate::icloud {

/// Makes or replaces a file that only its owner may read; whoever reads it meanwhile finds the old
/// or the new one whole. It need not survive a power cut. Causes: denied, full.
Result<> write_small_file(const std::filesystem::path& file, std::string_view text);

}  // namespace keepsake::simulate::icloud
