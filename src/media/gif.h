// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the XMP of a GIF: an application extension named "XMP DataXMP" whose packet stands there
/// as it is, not in sub-blocks (GIF89a; XMP Specification Part 3, §1.1.2).
void read_gif(Part file, Findings& findings);

}  // namespace keepsake::media
