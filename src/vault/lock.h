// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "os/folder.h"
#include "os/machine.h"
#include "vault/repository.h"

#include <memory>
#include <string>

namespace keepsake::vault {

enum class LockMode { shared, exclusive };

/// A lock on a repository, refreshed every 5 minutes by a thread of its own and removed when it
/// goes. `state` is a folder of the home where lock ids are noted before they are written, so that
/// the next writing verb of the same home removes its own dead locks, and nobody else's.
class Lock {
 public:
  /// Causes: locked, naming host and time and `restic unlock`: by an exclusive lock of whatever
  /// age, or, when this one is to be exclusive, by any.
  static Result<std::unique_ptr<Lock>> take(const Repository& repository,
                                            LockMode mode,
                                            os::Folder& state,
                                            os::Clock& clock);
  virtual ~Lock() = default;

  /// Fails when the lock could not be refreshed for 22.5 minutes: nothing may be written any more.
  virtual Result<> check() = 0;
};

}  // namespace keepsake::vault
