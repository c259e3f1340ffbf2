// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <string_view>

namespace keepsake::photo {

/// A run of wall time: from `begin` up to, but not including, `end`.
struct WallRange {
  WallTime begin = WallTime::min();
  WallTime end = WallTime::max();

  [[nodiscard]] bool contains(WallTime time) const { return begin <= time && time < end; }

  friend bool operator==(const WallRange&, const WallRange&) = default;
};

/// Reads a year, a month, a day or a time of day in local time (`2024`, `2024-05`, `2024-05-01`,
/// `2024-05-01T12:30`), or two of them: `2024-05..2024-06`, open on one side as in `2024..` and
/// `..2023`. A range ends with the end of its last unit. Causes: invalid.
Result<WallRange> parse_wall_range(std::string_view text);

}  // namespace keepsake::photo
