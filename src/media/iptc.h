// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads IPTC records: 1C, record, data set, 2-byte length, value (IPTC-IIM 4.2 §1.6).
void read_iptc(Part part, Iptc& iptc);

/// Reads Photoshop's resources: "8BIM", id, padded name, length, padded data. IPTC is 0x0404, EXIF
/// 0x0422, XMP 0x0424. (Adobe, Photoshop File Formats Specification, "Image Resources")
void read_photoshop(Part part, Findings& findings);

}  // namespace keepsake::media
