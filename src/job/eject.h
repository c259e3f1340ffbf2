// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/home.h"
#include "os/drives.h"

#include <optional>
#include <string>

namespace keepsake::job {

/// `destination eject NAME`: after it the drive can be unplugged. Nothing where it is not mounted,
/// or not here. Causes: invalid (not on a drive), conflict (somebody uses it), denied.
Result<std::optional<os::Ejected>> eject(Home& home, const std::string& name);

}  // namespace keepsake::job
