// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace keepsake::vault {

/// Adds text as a JSON string, with its quotes, as Go's encoder writes it: so the same text is the
/// same bytes as in repositories of restic. What is not UTF-8 becomes U+FFFD.
void append_json(std::string& json, std::string_view text);

}  // namespace keepsake::vault
