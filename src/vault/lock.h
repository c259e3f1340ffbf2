// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "os/folder.h"
#include "os/machine.h"
#include "vault/repository.h"

#include <chrono>
#include <memory>

namespace keepsake::vault {

enum class LockMode { shared, exclusive };

/// How long a lock waits for what. Tests have their own.
struct LockPace {
  std::chrono::milliseconds settle{200};  ///< before looking whether another came at the same time
  std::chrono::milliseconds refresh = std::chrono::minutes(5);
  /// Without a refresh for so long it is trusted no more: after 30 minutes others take it for dead.
  std::chrono::milliseconds trust = std::chrono::seconds(1350);
};

/// A lock on a repository, refreshed every 5 minutes by a thread of its own and removed when it
/// goes. `state` is a folder of the home where lock ids are noted before they are written, so that
/// the next writing verb of the same home removes its own dead locks, and nobody else's.
class Lock {
 public:
  /// Causes: locked, naming host and time and `restic unlock`: by an exclusive lock of whatever
  /// age, by one that cannot be read, or, when this one is to be exclusive, by any.
  static Result<std::unique_ptr<Lock>> take(const Repository& repository,
                                            LockMode mode,
                                            os::Folder& state,
                                            os::Clock& clock,
                                            const LockPace& pace = {});
  virtual ~Lock() = default;

  /// Fails when the lock could not be refreshed for 22.5 minutes, or somebody removed it: nothing
  /// may be written any more. Causes: locked.
  virtual Result<> check() = 0;
};

}  // namespace keepsake::vault
