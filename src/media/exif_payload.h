// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads EXIF as boxes and chunks carry it: bare, behind "Exif" 00 00, or behind a 4-byte distance
/// to its start. Writers disagree, so what is there decides.
void read_exif_payload(Part payload, Findings& findings);

}  // namespace keepsake::media
