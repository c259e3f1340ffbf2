// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/machine.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace keepsake;
using os::FileLock;
using tests::TempFolder;

namespace {

Cause cause_of_taking(const std::filesystem::path& file) {
  const auto taken = FileLock::take(file);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().where == file.string());
  return taken.error().cause;
}

/// Another process that takes the lock and keeps it until it is killed.
class OtherProcess {
 public:
  explicit OtherProcess(const std::filesystem::path& lock) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    id_ = fork();
    if (id_ == 0) hold(lock, ends[1]);
    close(ends[1]);
    char taken = 0;
    REQUIRE(::read(ends[0], &taken, 1) == 1);
    close(ends[0]);
  }

  ~OtherProcess() {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }

  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

 private:
  [[noreturn]] static void hold(const std::filesystem::path& lock, int tell) {
    const auto held = FileLock::take(lock);
    if (!held || ::write(tell, "x", 1) != 1) _exit(1);
    for (;;) pause();
  }

  pid_t id_;
};

}  // namespace

TEST_CASE("a lock that another process has is refused, and is free once that process was killed") {
  const TempFolder folder;
  const auto file = folder / "lock";
  {
    const OtherProcess other(file);
    CHECK(cause_of_taking(file) == Cause::locked);
  }

  CHECK(FileLock::take(file));
}

TEST_CASE("a lock is refused within its own process too, until it is given back") {
  const TempFolder folder;
  const auto file = folder / "lock";
  auto first = FileLock::take(file).value();
  CHECK(cause_of_taking(file) == Cause::locked);

  first.reset();

  CHECK(FileLock::take(file));
}

TEST_CASE("the lock's file is its owner's alone, and missing folders are not made") {
  const TempFolder folder;
  const auto lock = FileLock::take(folder / "lock").value();

  using std::filesystem::perms;
  CHECK(std::filesystem::status(folder / "lock").permissions() ==
        (perms::owner_read | perms::owner_write));
  CHECK(cause_of_taking(folder / "missing/lock") == Cause::not_found);
}
