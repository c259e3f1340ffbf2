// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Where a vault keeps what of its tree (docs/formats/vault.md).
namespace keepsake::destination::in_vault {

inline constexpr std::string_view photos_folder = "photos";
inline constexpr std::string_view own_folder = "keepsake";
inline constexpr std::string_view assets_folder = "assets";
inline constexpr std::string_view albums_file = "albums.json";
inline constexpr std::string_view source_file = "source.json";
inline constexpr std::string_view records_header = R"({"format":"keepsake-records","version":1})";

/// "keepsake/<source>/assets".
std::string assets_of(std::string_view source);

/// "keepsake/<source>/assets/2024-05.jsonl".
std::string month_place(std::string_view source, std::string_view month);

/// "keepsake/<source>/albums.json".
std::string own_place(std::string_view source, std::string_view file);

/// What stands before the last '/', and after it.
std::string_view folder_of(std::string_view place);
std::string_view name_of(std::string_view place);

/// The place of a tree path that names a folder: "Photos" is "photos/<source>".
std::string folder_place(std::string_view source, std::string_view folder);

}  // namespace keepsake::destination::in_vault
