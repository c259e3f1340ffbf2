// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "simulate/icloud/library.h"

#include <nlohmann/json_fwd.hpp>

namespace keepsake::simulate::icloud {

/// Something that happens to a library, as on one of its owner's devices: an object whose `do` says
/// what (docs/manual/simulate.md lists them). The same acts at the same times make the same
/// library, which is how it is kept. Returns the names of what was made. Causes: invalid for an act
/// that makes no sense; not_found for a photo or album that is not there.
Result<nlohmann::json> apply(Library& library, const nlohmann::json& act, Instant at);

}  // namespace keepsake::simulate::icloud
