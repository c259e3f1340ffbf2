// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Formats that wrap another one in a short header of their own.

/// Fujifilm's RAF: the place and length of a JPEG at 84. (LibRaw, src/decoders)
void read_raf(Part file, Findings& findings);

/// Minolta's MRW: blocks of type, big-endian length and data; "TTW" holds a TIFF structure.
void read_mrw(Part file, Findings& findings);

/// Photoshop's PSD: 26 bytes of header, the colour table, then the resources.
void read_psd(Part file, Findings& findings);

/// A file that is an XMP packet.
void read_sidecar(Part file, Findings& findings);

}  // namespace keepsake::media
