// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/facts.h"

#include <optional>
#include <string_view>

namespace keepsake::media {

/// What a file is, or claims to be.
struct Kind {
  Family family = Family::other;
  std::string_view format;
};

/// What a file's extension says it is; nothing for extensions that are not of media.
std::optional<Kind> kind_by_extension(std::string_view name);

/// Whether a file of one format may fairly bear an extension that stands for the other: a MOV named
/// .MP4 plays everywhere, a HEIC named .JPG does not.
bool may_be_named(std::string_view format, std::string_view claimed);

}  // namespace keepsake::media
