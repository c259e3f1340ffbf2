// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/part.h"

namespace keepsake::media {

/// Whether a JPEG's data, from its first scan on, come to their end mark. Second pictures, films
/// and padding behind it do not matter; only a file that does not end with the mark is searched for
/// it.
bool has_jpeg_end(Part scan);

}  // namespace keepsake::media
