// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "photo/asset.h"

#include <cstddef>
#include <string>
#include <string_view>

/// What files are called where they are kept. A name is decided once for all files of an asset (by
/// one stem) and works on every file system: exFAT, NTFS, SMB, and those that ignore case.
namespace keepsake::plan {

/// A file name without its extension that any file system takes: UTF-8 in NFC, no reserved name or
/// character of Windows, no control or bidi character, no leading dot or blank, no trailing dot or
/// blank, 1 to 200 bytes, so that a tag, a suffix and an extension still fit into 255. Characters
/// that cannot stay become '_', bytes that are not UTF-8 `%FF`. A portable stem stays as it is.
std::string portable_stem(std::string_view bytes);

/// An extension without its dot, verbatim where it can stay so; at most 16 bytes, may be empty.
std::string portable_extension(std::string_view bytes);

/// The stem of an asset's files: its original's, made portable.
std::string stem_for(const photo::Asset& asset);

/// `stem (a1b2c3)`: the stem with the first digits of a tag that tells it from an equal one.
/// Takes 6 digits first, then 2 more until the name is free.
std::string tagged_stem(std::string_view stem, std::string_view tag_hex, std::size_t digits);

/// The bytes whose SHA-256 is an asset's tag.
std::string tag_text(const photo::AssetKey& key);

/// The name of one file of an asset: `IMG_1.HEIC`, `IMG_1 (edited).HEIC`, `IMG_1.AAE`,
/// `IMG_1 (O).AAE`, `IMG_1.HEIC.xmp`… Files of one asset that would get the same name are numbered
/// from ` (2)` on, in the order of their roles and keys.
std::string member_name(std::string_view stem,
                        const photo::Rendition& member,
                        const photo::Asset& asset);

/// Two paths with the same key are one path on some file system.
std::string clash_key(std::string_view path);

}  // namespace keepsake::plan
