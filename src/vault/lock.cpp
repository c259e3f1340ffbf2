// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/lock.h"

#include "base/text.h"
#include "vault/known_locks.h"
#include "vault/lock_file.h"
#include "vault/unpacked.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace keepsake::vault {

namespace {

constexpr std::string_view folder = "locks";

/// A lock that lies in the repository; without its file where that cannot be read.
struct Found {
  FileId id;
  std::optional<LockFile> file;
};

/// Files that hold nothing are no locks: other programs leave them when a disk is full.
Result<std::vector<Found>> locks_in(const Repository& repository) {
  std::vector<Found> locks;
  const auto files = TRY(repository.storage().list(folder));
  for (const storage::Listed& file : files) {
    const auto id = id_of_name(file.name);
    if (!id || file.size.value == 0) continue;
    const auto bytes = repository.storage().read_all(file_name(folder, *id), max_lock_json);
    if (!bytes && bytes.error().cause == Cause::not_found) continue;
    if (!bytes && bytes.error().cause != Cause::corrupt) return fail(bytes.error());
    Found found{*id, std::nullopt};
    if (bytes) {
      const auto json = unpack_json(repository.key(), *id, *bytes, max_lock_json);
      const auto parsed = json ? parse_lock(*json) : Result<LockFile>(fail(json.error()));
      if (parsed) found.file = *parsed;
    }
    locks.push_back(std::move(found));
  }
  return locks;
}

class HeldLock final : public Lock {
 public:
  HeldLock(const Repository& repository,
           LockMode mode,
           os::Folder& state,
           os::Clock& clock,
           const LockPace& pace)
      : repository_(repository), mode_(mode), clock_(clock), pace_(pace), known_(state) {}

  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  HeldLock(HeldLock&&) = delete;
  HeldLock& operator=(HeldLock&&) = delete;

  ~HeldLock() override {
    refresher_ = {};
    if (id_) static_cast<void>(take_away(*id_));
  }

  Result<> acquire() {
    TRY(known_.load());
    TRY(remove_own_dead());
    TRY(find_conflict(Unreadable::may_be_new));
    const auto id = TRY(write());
    id_ = id;
    wait_for_others();
    TRY(find_conflict(Unreadable::is_a_conflict));
    refreshed_ = clock_.now();
    refresher_ = std::jthread([this](const std::stop_token& stop) { keep_fresh(stop); });
    return {};
  }

  Result<> check() override {
    const std::scoped_lock lock(mutex_);
    if (lost_) return fail(*lost_);
    if (clock_.now() - refreshed_ <= pace_.trust) return {};
    return fail(Error{Cause::locked,
                      "the lock on this vault could not be renewed for too long; nothing more is "
                      "written, so that no other program's work is harmed",
                      repository_.storage().where(),
                      Scope::destination});
  }

 private:
  enum class Unreadable { may_be_new, is_a_conflict };

  Result<> remove_own_dead() {
    if (known_.ids().empty()) return {};
    const auto locks = TRY(locks_in(repository_));
    std::set<FileId> there;
    for (const Found& lock : locks) {
      there.insert(lock.id);
      if (lock.file && known_.is_own_and_dead(lock.id, *lock.file, clock_.now()))
        TRY(take_away(lock.id));
    }
    const auto noted = known_.ids();
    for (const FileId& id : noted)
      if (!there.contains(id)) TRY(known_.forget(id));
    return {};
  }

  Result<> find_conflict(Unreadable unreadable) const {
    const auto locks = TRY(locks_in(repository_));
    for (const Found& lock : locks) {
      if (lock.id == id_) continue;
      if (!lock.file && unreadable == Unreadable::is_a_conflict)
        return conflict(fmt::format("a lock that cannot be read ({})", lock.id.hex().substr(0, 8)));
      if (!lock.file || (mode_ == LockMode::shared && !lock.file->exclusive)) continue;
      return conflict(fmt::format("a program on {} (process {}), since {}",
                                  shown(lock.file->hostname),
                                  lock.file->pid,
                                  to_rfc3339(lock.file->time)));
    }
    return {};
  }

  [[nodiscard]] tl::unexpected<Error> conflict(const std::string& holder) const {
    return fail(Error{Cause::locked,
                      fmt::format("this vault is locked by {}. If that is no longer running, run: "
                                  "restic unlock",
                                  holder),
                      repository_.storage().where(),
                      Scope::destination});
  }

  Result<FileId> write() {
    const LockFile lock{clock_.now(),
                        mode_ == LockMode::exclusive,
                        os::host_name(),
                        std::string("keepsake"),
                        os::process_id()};
    const auto file = pack_json(repository_.key(), repository_.config().version, to_json(lock));
    TRY(known_.note(file.id));
    auto put = repository_.storage().put(file_name(folder, file.id), file.stored);
    if (!put) static_cast<void>(take_away(file.id));
    TRY(std::move(put));
    return file.id;
  }

  /// A lock that a power cut brought back after it was forgotten would be nobody's.
  Result<> take_away(const FileId& id) {
    TRY(repository_.storage().remove(file_name(folder, id)));
    TRY(repository_.storage().sync_removals(folder));
    return known_.forget(id);
  }

  void wait_for_others() {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, pace_.settle, [] { return false; });
  }

  void keep_fresh(const std::stop_token& stop) {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, pace_.refresh, [] { return false; });
        if (stop.stop_requested() || lost_) return;
      }
      // A failure is tried again in a while; `check` sees for how long it went on.
      static_cast<void>(refresh());
    }
  }

  /// A new lock comes before the old one goes. Whoever removed the old one, in the belief that this
  /// machine was dead while it slept, may have begun to work: then it must not come back.
  Result<> refresh() {
    if (!id_) return {};
    const FileId old = *id_;
    TRY(still_there(old));
    const auto now = clock_.now();
    id_ = TRY(write());
    TRY(still_there(old));
    {
      const std::scoped_lock lock(mutex_);
      refreshed_ = now;
    }
    return take_away(old);
  }

  Result<> still_there(const FileId& id) {
    const auto size = TRY(repository_.storage().size_of(file_name(folder, id)));
    if (size) return {};
    Error error{Cause::locked,
                "another program removed the lock on this vault, as it does with locks that seem "
                "forgotten; nothing more is written. Run the backup again",
                repository_.storage().where(),
                Scope::destination};
    const std::scoped_lock lock(mutex_);
    lost_ = error;
    return fail(std::move(error));
  }

  const Repository& repository_;
  const LockMode mode_;
  os::Clock& clock_;
  const LockPace pace_;
  KnownLocks known_;          // of the refresher, while that runs
  std::optional<FileId> id_;  // likewise
  std::mutex mutex_;
  std::condition_variable_any woken_;
  Instant refreshed_{};
  std::optional<Error> lost_;
  std::jthread refresher_;  // last: it uses the others
};

}  // namespace

Result<std::unique_ptr<Lock>> Lock::take(const Repository& repository,
                                         LockMode mode,
                                         os::Folder& state,
                                         os::Clock& clock,
                                         const LockPace& pace) {
  auto lock = std::make_unique<HeldLock>(repository, mode, state, clock, pace);
  TRY(lock->acquire());
  return lock;
}

}  // namespace keepsake::vault
