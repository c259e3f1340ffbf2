// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "photo/asset.h"
#include "source/photos_library/rows.h"

#include <map>
#include <optional>

/// From a library's rows to the words of this program. Pure.
namespace keepsake::source::photos {

/// When the library says it was taken; nothing where that is rubbish. A stored offset outranks the
/// zone's name, that outranks an offset which Photos only inferred.
std::optional<photo::Taken> taken_of(const AssetRow& asset, Instant now);

/// Everything but the files: they decide `renditions` and `warnings`, and fill in for a date that
/// is rubbish.
photo::Asset asset_of(const AssetRow& row,
                      const std::map<std::int64_t, AlbumRow>& albums,
                      const Id128& source,
                      Instant now);

}  // namespace keepsake::source::photos
