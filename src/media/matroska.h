// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads the `Info` element of a Matroska or WebM video: DateUTC, Duration and Title. (RFC 9559
/// §5.1.2; EBML: RFC 8794 §4)
void read_matroska(Part file, Findings& findings);

}  // namespace keepsake::media
