// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/lock.h"

#include "os/machine.h"
#include "tests/support/test_vault.h"
#include "vault/lock_file.h"
#include "vault/unpacked.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::tests;
using vault::Lock;
using vault::LockFile;
using vault::LockMode;
using Deed = Fortune::Deed;
using namespace std::chrono_literals;

namespace {

/// A process of this machine that is always there, and one that never is.
constexpr std::int64_t alive = 1;
constexpr std::int64_t gone = 0x7ffffff0;

struct Fixture : TestVault {
  TempFolder home;
  std::unique_ptr<os::Folder> state = os::open_folder(home.path()).value();
  vault::LockPace pace{0ms, 1h, 1350s};

  Result<std::unique_ptr<Lock>> take(LockMode mode = LockMode::shared) {
    return Lock::take(*repository, mode, *state, clock, pace);
  }

  /// A lock that some program left here.
  vault::FileId leave(const LockFile& lock) {
    const auto file = vault::pack_json(repository->key(), 2, to_json(lock));
    REQUIRE(storage.put(vault::file_name("locks", file.id), file.stored));
    return file.id;
  }

  void know(const vault::FileId& id) const { home.write("locks", id.hex() + "\n"); }

  LockFile lock_of(std::int64_t pid, bool exclusive = false) {
    return {clock.time, exclusive, os::host_name(), "somebody", pid};
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a lock lies in the vault while it is held, and not after it") {
  {
    const auto lock = take().value();
    CHECK(lock->check());
    CHECK(files_in("locks") == 1);
    CHECK(home.has("locks"));
  }

  CHECK(files_in("locks") == 0);
  CHECK_FALSE(home.has("locks"));
}

TEST_CASE_FIXTURE(Fixture, "restic sees our lock") {
  if (!Restic::is_installed()) return;
  const auto lock = take().value();

  CHECK(restic({"check"}).exit_code != 0);
  CHECK(restic({"snapshots"}).exit_code == 0);
}

TEST_CASE_FIXTURE(Fixture, "who may come beside whom") {
  struct Row {
    const char* name;
    bool exclusive;
    std::chrono::minutes age;
    LockMode mode;
    bool refused;
  };

  for (const Row& row :
       {Row{"shared beside shared", false, 0min, LockMode::shared, false},
        Row{"shared beside exclusive", true, 0min, LockMode::shared, true},
        Row{"shared beside stale exclusive", true, 999min, LockMode::shared, true},
        Row{"exclusive beside shared", false, 0min, LockMode::exclusive, true},
        Row{"exclusive beside exclusive", true, 0min, LockMode::exclusive, true}}) {
    CAPTURE(row.name);
    auto other = lock_of(gone, row.exclusive);
    other.time -= row.age;
    other.hostname = "elsewhere";
    const auto id = leave(other);

    const auto taken = take(row.mode);

    CHECK(taken.has_value() == !row.refused);
    if (!taken) {
      CHECK(taken.error().cause == Cause::locked);
      CHECK(taken.error().message().find("elsewhere") != std::string::npos);
      CHECK(taken.error().message().find(to_rfc3339(other.time)) != std::string::npos);
      CHECK(taken.error().message().find("restic unlock") != std::string::npos);
      CHECK(files_in("locks") == 1);
    }
    REQUIRE(storage.remove(vault::file_name("locks", id)));
  }
}

TEST_CASE_FIXTURE(Fixture, "only own dead locks are removed") {
  struct Row {
    const char* name;
    bool known;
    const char* host;
    std::int64_t pid;
    std::chrono::minutes age;
    bool removed;
  };

  const auto here = os::host_name();
  for (const Row& row :
       {Row{"ours, its process gone", true, here.c_str(), gone, 0min, true},
        Row{"ours, its process number is ours again", true, here.c_str(), 0, 0min, true},
        Row{"ours, a process of that number runs", true, here.c_str(), alive, 1min, false},
        Row{"ours, long without a refresh", true, here.c_str(), alive, 31min, true},
        Row{"ours, the machine has another name now", true, "old-name", gone, 1min, false},
        Row{"not ours, its process gone", false, here.c_str(), gone, 99min, false}}) {
    CAPTURE(row.name);
    LockFile lock = lock_of(row.pid == 0 ? os::process_id() : row.pid);
    lock.hostname = row.host;
    lock.time -= row.age;
    const auto id = leave(lock);
    if (row.known) know(id);

    {
      REQUIRE(take());
    }

    CHECK((files_in("locks") == 0) == row.removed);
    REQUIRE(storage.remove(vault::file_name("locks", id)));
    REQUIRE(state->remove(RelativePath::known("locks")));
  }
}

TEST_CASE_FIXTURE(Fixture, "a lock file without bytes is none, one that cannot be read is one") {
  const std::string name = "locks/" + crypto::sha256(bytes_of("x")).hex();

  SUBCASE("empty") {
    disk.write(name, "");
    CHECK(take());
  }
  SUBCASE("damaged") {
    disk.write(name, "no lock of anybody");
    const auto taken = take();
    REQUIRE_FALSE(taken);
    CHECK(taken.error().cause == Cause::locked);
    CHECK(files_in("locks") == 1);
  }
}

TEST_CASE_FIXTURE(Fixture, "the id of a lock is noted at home before the lock is written") {
  bool noted = false;
  fortune->fails = [&](Deed deed, std::string_view name) {
    if (deed == Deed::put && name.starts_with("locks/"))
      noted = home.has("locks") &&
              home.read("locks").find(std::string(name.substr(6))) != std::string::npos;
    return false;
  };

  REQUIRE(take());

  CHECK(noted);
}

TEST_CASE_FIXTURE(Fixture, "of two that come at the same time at most one gets an exclusive lock") {
  // The other one writes its lock after this one has looked: as soon as this one's lies there.
  const auto other = vault::pack_json(repository->key(), 2, to_json([&] {
                                        auto lock = lock_of(alive, true);
                                        lock.hostname = "elsewhere";
                                        return lock;
                                      }()));
  bool written = false;
  fortune->fails = [&](Deed deed, std::string_view name) {
    if (deed == Deed::put && name.starts_with("locks/") && !written) {
      written = true;
      disk.write(vault::file_name("locks", other.id), text_of(other.stored));
    }
    return false;
  };

  const auto taken = take(LockMode::exclusive);

  REQUIRE_FALSE(taken);
  CHECK(taken.error().cause == Cause::locked);
  CHECK(files_in("locks") == 1);
}

namespace {

/// Lets a test wait until a lock was refreshed so many times.
struct Refreshes {
  std::mutex mutex;
  std::condition_variable changed;
  int puts = 0;

  void wait_for(int count) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 60s, [&] { return puts >= count; }));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a refreshed lock is one lock, and stays trusted") {
  Refreshes refreshes;
  fortune->fails = [&](Deed deed, std::string_view name) {
    if (deed != Deed::put || !name.starts_with("locks/")) return false;
    const std::scoped_lock lock(refreshes.mutex);
    ++refreshes.puts;
    refreshes.changed.notify_all();
    return false;
  };
  pace.refresh = 1ms;
  {
    const auto lock = take().value();
    refreshes.wait_for(4);
    CHECK(lock->check());
  }

  CHECK(files_in("locks") == 0);
}

TEST_CASE_FIXTURE(Fixture, "a lock that could not be refreshed for long is trusted no more") {
  const auto lock = take().value();

  clock.time += 22min;
  CHECK(lock->check());
  clock.time += 1min;
  const auto late = lock->check();

  REQUIRE_FALSE(late);
  CHECK(late.error().cause == Cause::locked);
}

TEST_CASE_FIXTURE(Fixture, "a lock that somebody removed is not put there again") {
  Refreshes refreshes;
  pace.refresh = 1ms;
  fortune->fails = [&](Deed deed, std::string_view name) {
    const std::scoped_lock lock(refreshes.mutex);
    if (deed == Deed::put && name.starts_with("locks/") && ++refreshes.puts == 2) {
      // While this machine slept, before the replacement.
      for (const auto& entry : std::filesystem::directory_iterator(disk / "locks"))
        std::filesystem::remove(entry.path());
    }
    refreshes.changed.notify_all();
    return false;
  };

  const auto lock = take().value();
  refreshes.wait_for(2);
  while (lock->check()) std::this_thread::yield();

  CHECK(lock->check().error().message().find("removed") != std::string::npos);
}
