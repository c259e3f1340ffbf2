// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the ids that iPhones write: the one that pairs a Live Photo's halves, and the burst's.
/// Anything that is not Apple's maker note is left alone.
///
///     "Apple iOS" NUL 00 01 "MM" directory…      places count from the note's first byte
void read_apple_makernote(Part note, Findings& findings);

}  // namespace keepsake::media
