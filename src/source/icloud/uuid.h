// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace keepsake::source::icloud {

/// "0f1e2d3c-4b5a-4697-8887-96a5b4c3d2e1": a new one each time.
std::string random_uuid();

}  // namespace keepsake::source::icloud
