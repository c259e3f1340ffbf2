// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"

#include <optional>
#include <string_view>

namespace keepsake::media {

/// The date in a file's name, as phones and programs give them: `IMG_20180725_163423.jpg`,
/// `Screenshot 2024-08-31 at 00.53.48.png`, `IMG-20190704-WA0012.jpg` (the day alone: its
/// midnight). Only Pixel phones' `PXL_…` is in UTC. Nothing where the digits could as well mean
/// something else.
std::optional<CaptureTime> date_in_name(std::string_view name);

}  // namespace keepsake::media
