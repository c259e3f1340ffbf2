// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "os/folder.h"
#include "vault/blob.h"
#include "vault/lock_file.h"

#include <set>

namespace keepsake::vault {

/// The ids of the locks that this home wrote into a vault and has not yet removed, one a line in
/// the file `locks` of its state. An id is noted before its lock exists, so none is ever forgotten.
class KnownLocks {
 public:
  explicit KnownLocks(os::Folder& state) : state_(state) {}

  /// A file that cannot be understood knows no locks.
  Result<> load();

  [[nodiscard]] const std::set<FileId>& ids() const { return ids_; }

  /// Whether it is one of these, and nobody has it any more: its process is gone from this machine,
  /// or it was not refreshed for too long.
  [[nodiscard]] bool is_own_and_dead(const FileId& id, const LockFile& lock, Instant now) const;

  Result<> note(const FileId& id);
  Result<> forget(const FileId& id);

 private:
  Result<> save() const;

  os::Folder& state_;
  std::set<FileId> ids_;
};

}  // namespace keepsake::vault
