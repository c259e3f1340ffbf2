// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>

namespace keepsake::tests {

/// Whether there are hours, not seconds.
inline bool is_soak() { return std::getenv("KEEPSAKE_SOAK") != nullptr; }

}  // namespace keepsake::tests
