// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/facts.h"
#include "media/findings.h"

#include <optional>
#include <string_view>

namespace keepsake::media {

/// Decides when a picture or video was taken: the first of its dates that is no rubbish, in the
/// order of how far each is to be trusted; the file's name comes last.
std::optional<photo::Taken> decide_taken(const Findings& findings,
                                         Family family,
                                         std::string_view name,
                                         Instant now);

}  // namespace keepsake::media
