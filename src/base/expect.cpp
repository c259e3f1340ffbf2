// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace keepsake {

void detail::broken(std::string_view why) {
  fmt::print(stderr, "keepsake: a promise of the program itself was broken: {}\n", why);
  std::abort();
}

}  // namespace keepsake
