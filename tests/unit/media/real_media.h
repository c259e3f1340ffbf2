// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/facts.h"

#include <optional>
#include <string>
#include <vector>

/// Real pictures and videos, which lie outside of the source: below the folder that the environment
/// variable KEEPSAKE_TEST_DATA names, by default ../shared/data beside the source. Where they are
/// absent, the tests that need them say so in a line and pass.
namespace keepsake::media::real {

/// What a file below that folder tells; nothing where there is no such file.
std::optional<Facts> look_at(const std::string& file);

/// All media files there, as paths below the folder, sorted.
std::vector<std::string> files();

/// A path below the folder as one of the file system.
std::string path_of(const std::string& file);

}  // namespace keepsake::media::real
