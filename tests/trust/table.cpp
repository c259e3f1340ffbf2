// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/trust/table.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

namespace keepsake::tests {

void print_row(const std::vector<std::string>& head, const std::vector<std::string>& row) {
  static std::vector<std::string> last;
  if (head != last) {
    std::string line = "|";
    for (std::size_t i = 0; i < head.size(); ++i) line += i == 0 ? "---|" : "---:|";
    fmt::print("\n| {} |\n{}\n", fmt::join(head, " | "), line);
    last = head;
  }
  fmt::print("| {} |\n", fmt::join(row, " | "));
  std::fflush(stdout);
}

}  // namespace keepsake::tests
