// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// Apple's words for kinds of files ("uniform type identifiers").
namespace keepsake::source::icloud {

/// "HEIC" for "public.heic"; empty for a type that is not known.
std::string_view extension_of_type(std::string_view type);

bool is_movie_type(std::string_view type);
bool is_raw_type(std::string_view type);

/// What a file of that type is called beside the original: as that one, with its own extension.
std::string name_beside(std::string_view original_name, std::string_view type);

/// The original's own name, with an extension where it lacks one.
std::string name_of_original(std::string_view name, std::string_view type);

}  // namespace keepsake::source::icloud
