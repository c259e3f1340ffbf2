// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/findings.h"
#include "media/kinds.h"
#include "media/part.h"

#include <optional>

namespace keepsake::media {

/// What a file's first bytes say it is, or nothing where they say nothing known. Property lists and
/// XMP are text that only a matching extension makes media of: `claimed` is what the name says.
std::optional<Kind> kind_by_content(const Part& file, const std::optional<Kind>& claimed);

/// Which raw format a TIFF structure is, by what its directories said; a camera's raw file that
/// only its name tells apart keeps that name's format.
Kind kind_of_tiff(const Exif& exif, const std::optional<Kind>& claimed);

}  // namespace keepsake::media
