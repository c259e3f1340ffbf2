// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/random_access.h"
#include "base/result.h"

#include <memory>

namespace keepsake::os {

/// Bytes that wait to be sent and are too many for memory: a file without a name, which goes with
/// the object or with the process. For one thread at a time.
class Spool : public RandomAccess {
 public:
  /// At the end. Causes: full.
  virtual Result<> write(ByteView bytes) = 0;

  /// Takes back what was written after this many bytes.
  virtual Result<> cut_back_to(ByteCount size) = 0;
};

/// In /var/tmp: what is in /tmp may be in memory all the same. Causes: denied, full, absent,
/// read_only.
Result<std::unique_ptr<Spool>> make_spool();

}  // namespace keepsake::os
