// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/page.h"

#include <cstddef>

namespace keepsake::source::icloud {

/// Tells a list that goes on from one that goes round and round. One that is made up anew for ever
/// it cannot tell from a large library.
class Rounds {
 public:
  /// The next page of the list. Causes: corrupt, for the account as a whole, when the same page
  /// comes again and again, or nothing for too long.
  Result<> note(const Page& page);

 private:
  std::size_t last_ = 0;  ///< what stands for the records of the page before
  int repeats_ = 0;
  int empty_ = 0;
};

}  // namespace keepsake::source::icloud
