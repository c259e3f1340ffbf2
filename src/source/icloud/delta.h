// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/noter.h"
#include "source/source.h"

#include <optional>
#include <stop_token>
#include <string>

namespace keepsake::source::icloud {

/// Reports what changed in a library since a token, or since ever without one, and returns the
/// token of what is there now. Nothing where the service does not take the token. The noter must
/// have begun.
Result<std::optional<std::string>> apply_changes(CloudKit& cloudkit,
                                                 Changes& changes,
                                                 Noter& noter,
                                                 const ZoneId& zone,
                                                 std::optional<std::string> token,
                                                 const std::stop_token& stop);

}  // namespace keepsake::source::icloud
