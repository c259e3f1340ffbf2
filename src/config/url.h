// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace keepsake::config {

/// The folder that a URL names, as an absolute path. A path alone is a URL; a relative one begins
/// at `here`. Causes: unsupported for a storage of another kind, invalid.
Result<std::filesystem::path> parse_url(std::string_view url, const std::filesystem::path& here);

}  // namespace keepsake::config
