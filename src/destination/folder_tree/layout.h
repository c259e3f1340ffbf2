// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// Where a tree keeps what is its own (docs/formats/tree.md).
namespace keepsake::destination::tree {

inline constexpr std::string_view own_folder = ".keepsake";
inline constexpr std::string_view marker = ".keepsake/tree.json";
inline constexpr std::string_view journal = ".keepsake/journal";
inline constexpr std::string_view sums = ".keepsake/SHA256SUMS";
inline constexpr std::string_view manifest_folder = ".keepsake/manifest";
inline constexpr std::string_view work_folder = ".keepsake/tmp";
inline constexpr std::string_view manifest_header = R"({"format":"keepsake-tree","version":1})";

}  // namespace keepsake::destination::tree
