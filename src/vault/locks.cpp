// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "os/machine.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/known_locks.h"
#include "vault/lock_file.h"
#include "vault/repository.h"
#include "vault/unpacked.h"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace keepsake::vault {

namespace {

Result<LockFile> read_lock(const Repository& repository, const FileId& id) {
  const auto stored = TRY(repository.storage().read_all(file_name("locks", id), max_lock_json));
  const auto json = TRY(unpack_json(repository.key(), id, stored, max_lock_json));
  return parse_lock(json);
}

std::string described(const LockFile& lock) {
  return fmt::format(
      "{} has locked it for itself since {}; if nothing runs there any more, `restic "
      "unlock` removes the lock",
      shown(lock.hostname),
      to_rfc3339(lock.time));
}

}  // namespace

Result<> check_locks_for_reading(const Repository& repository,
                                 os::Folder& state,
                                 os::Clock& clock,
                                 std::vector<std::string>& warnings) {
  KnownLocks known(state);
  TRY(known.load());
  const auto files = TRY(repository.storage().list("locks"));
  for (const storage::Listed& file : files) {
    const auto id = id_of_name(file.name);
    if (!id || file.size.value == 0) continue;  // what an interrupted writer left behind
    const auto lock = read_lock(repository, *id);
    if (!lock && lock.error().cause == Cause::not_found) continue;  // released meanwhile
    if (!lock && lock.error().cause == Cause::absent) return fail(lock.error());
    if (!lock) {
      warnings.push_back(fmt::format("lock {}: {}", id->hex(), lock.error().message()));
      continue;
    }
    if (!lock->exclusive || known.is_own_and_dead(*id, *lock, clock.now())) continue;
    if (clock.now() - lock->time < dead_after)
      return fail(
          Error{Cause::locked, described(*lock), repository.storage().where(), Scope::destination});
    warnings.push_back(fmt::format("lock {}: {}", id->hex(), described(*lock)));
  }
  return {};
}

}  // namespace keepsake::vault
