// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace keepsake {

void expect(bool holds, std::string_view why) {
  if (holds) return;
  fmt::print(stderr, "keepsake: a promise of the program itself was broken: {}\n", why);
  std::abort();
}

}  // namespace keepsake
