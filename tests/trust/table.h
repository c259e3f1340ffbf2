// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace keepsake::tests {

/// Prints a row of a Markdown table, as docs/trust.md shows it; after its head, if another table
/// was printed last.
void print_row(const std::vector<std::string>& head, const std::vector<std::string>& row);

}  // namespace keepsake::tests
