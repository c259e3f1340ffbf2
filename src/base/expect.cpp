// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/promised.h"
#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace keepsake {

void expect(bool holds, std::string_view why) {
  if (!holds) detail::broken(why);
}

void detail::broken(std::string_view why) {
  fmt::print(stderr, "keepsake: a promise of the program itself was broken: {}\n", why);
  std::abort();
}

}  // namespace keepsake
