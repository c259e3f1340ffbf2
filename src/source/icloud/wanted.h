// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

/// What is asked for of each record: everything but previews, and what the bytes say themselves.
namespace keepsake::source::icloud {

/// Whether a file of that prefix ("resOriginal") is backed up.
bool is_wanted_file(std::string_view prefix);

/// The fields of a listing, and those that only tell where files are.
const std::vector<std::string_view>& wanted_fields();
const std::vector<std::string_view>& address_fields();

}  // namespace keepsake::source::icloud
