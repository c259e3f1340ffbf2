// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "photo/asset.h"

#include <optional>
#include <string>

namespace keepsake::media {

/// Decides what a file is labelled, of several places the most trusted.
photo::Labels decide_labels(const Findings& findings);

/// "Apple iPhone 15 Pro", "NIKON D70": make and model, without the make twice.
std::optional<std::string> decide_camera(const Findings& findings);

}  // namespace keepsake::media
