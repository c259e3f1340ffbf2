// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads a `meta` box: with handler `mdta`, `keys` has the names and `ilst` the values by number;
/// with iTunes' handler `mdir`, `ilst` has the values by four-letter code.
void read_quicktime_meta(Part meta, Findings& findings);

/// Reads a `udta` box: QuickTime's texts, and a `meta` or XMP within.
void read_quicktime_user_data(Part udta, Findings& findings);

}  // namespace keepsake::media
