// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string_view>
#include <vector>

namespace keepsake::simulate::icloud {

/// The acts that make a library of a folder's pictures: files of one name in one folder are one
/// photo (a still with its video, a JPEG with its RAW, `IMG_E0042` the edit of `IMG_0042`), folders
/// are albums. Each file is read once for its checksum and its date. Causes: absent, denied.
Result<std::vector<nlohmann::json>> acts_of_pictures(const std::filesystem::path& folder,
                                                     Instant now);

/// The identifier of a file's type, such as "public.jpeg", by its extension; empty for other files.
std::string_view uniform_type(std::string_view name);

}  // namespace keepsake::simulate::icloud
