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

/// How far a library's changes were followed.
struct Followed {
  std::optional<std::string> token;  ///< of what is there now
  bool any = false;                  ///< whether there were any
};

/// Reports what changed in a library since a token, or since ever without one. Nothing where the
/// service does not take the token. The noter must have begun.
Result<std::optional<Followed>> apply_changes(CloudKit& cloudkit,
                                              Changes& changes,
                                              Noter& noter,
                                              const ZoneId& zone,
                                              std::optional<std::string> token,
                                              const std::stop_token& stop);

}  // namespace keepsake::source::icloud
