// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/known_locks.h"

#include "os/machine.h"
#include "vault/repository.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace keepsake::vault {

namespace {

constexpr ByteCount most_bytes{1 << 20};

RelativePath notes() { return RelativePath::known("locks"); }

}  // namespace

Result<> KnownLocks::load() {
  ids_.clear();
  const auto bytes = state_.read_all(notes(), most_bytes);
  if (!bytes && bytes.error().cause == Cause::not_found) return {};
  if (!bytes) return fail(bytes.error());
  auto text = text_of(*bytes);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (const auto id = id_of_name(line)) ids_.insert(*id);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return {};
}

bool KnownLocks::is_own_and_dead(const FileId& id, const LockFile& lock, Instant now) const {
  if (!ids_.contains(id)) return false;
  if (now - lock.time > dead_after) return true;
  return lock.hostname == os::host_name() &&
         (lock.pid == os::process_id() || !os::is_running(lock.pid));
}

Result<> KnownLocks::note(const FileId& id) {
  ids_.insert(id);
  return save();
}

Result<> KnownLocks::forget(const FileId& id) {
  if (ids_.erase(id) == 0) return {};
  return ids_.empty() ? state_.remove(notes()) : save();
}

Result<> KnownLocks::save() const {
  std::string text;
  for (const FileId& id : ids_) text += id.hex() + "\n";
  return os::write_whole(state_, notes(), bytes_of(text));
}

}  // namespace keepsake::vault
