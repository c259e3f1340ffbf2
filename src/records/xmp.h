// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "photo/asset.h"

#include <string>
#include <string_view>

namespace keepsake::records {

/// An asset's date, place and words as an XMP packet that exiftool, digiKam, darktable, Immich and
/// PhotoPrism read (docs/formats/tree.md lists the properties). The same asset gives the same
/// bytes.
std::string xmp_of(const photo::Asset& asset);

/// Whether a sidecar was written by `xmp_of`, so that rewriting it destroys nobody's work.
bool is_our_xmp(std::string_view text);

}  // namespace keepsake::records
