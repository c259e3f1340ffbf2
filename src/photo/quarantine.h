// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// Every kept file has a place of its own in a destination and one in quarantine, and lies in one
/// of the two.
namespace keepsake::photo {

inline constexpr std::string_view quarantine_folder = ".keepsake/quarantine/";

bool is_in_quarantine(std::string_view path);

/// The place of its own of what lies at this path, in quarantine or not.
std::string own_place(std::string_view path);

/// Out of quarantine the place in it, and the reverse.
std::string other_place(std::string_view path);

}  // namespace keepsake::photo
