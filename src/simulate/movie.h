// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "simulate/shot.h"

#include <cstdint>
#include <span>
#include <vector>

namespace keepsake::simulate {

/// All of a QuickTime movie that stands before its frames: type, index, the shot's date, place and
/// content identifier as an iPhone writes them, and the head of the frame data. Append frames of
/// exactly these sizes. Each frame is a JPEG (Motion JPEG) and is shown for a tenth of a second.
Bytes movie_head(const Shot& shot, std::span<const std::uint32_t> frame_sizes);

/// A whole movie of these JPEG frames, which any player plays.
Bytes movie(const Shot& shot, const std::vector<Bytes>& frames);

}  // namespace keepsake::simulate
