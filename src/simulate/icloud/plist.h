// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <string>
#include <utility>
#include <vector>

namespace keepsake::simulate::icloud {

/// A binary property list that is one array of texts, as keywords are kept.
Bytes plist_of_texts(const std::vector<std::string>& texts);

/// A binary property list that is one dictionary of numbers, as places are kept.
Bytes plist_of_numbers(const std::vector<std::pair<std::string, double>>& numbers);

}  // namespace keepsake::simulate::icloud
