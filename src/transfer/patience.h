// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/result.h"
#include "photo/asset.h"

#include <map>
#include <optional>

namespace keepsake::transfer {

/// With far sources that stop giving files. One that cannot be had now was asked for again and
/// again already; after several in a row the source is not asked for any more in this run. May be
/// used by several threads.
class Patience {
 public:
  /// Why the source is not to be asked any more; nothing while it is.
  std::optional<Error> over(const Id128& source);

  /// What became of a file of the source.
  void note(const Id128& source, const std::optional<Error>& error);

 private:
  struct Failures {
    int in_a_row = 0;
    Error last;
  };

  Guarded<std::map<Id128, Failures>> failures_;
};

}  // namespace keepsake::transfer
