// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/machine.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <mutex>

using namespace keepsake;

namespace {

/// Blocks until a stop is asked for.
void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [&] { return stop.stop_requested(); });
}

/// Runs in a process of its own, because signals are the whole process's. Returns how it ended.
template <class Program>
int ending_of(Program program) {
  std::cout.flush();  // what is still in it would be written by both
  const pid_t child = fork();
  if (child == 0) std::exit(program());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("the first signal asks for a stop, and the program ends in its own time") {
  for (const int signal : {SIGINT, SIGTERM})
    CHECK(ending_of([signal] {
            const auto stop = os::stop_on_signals();
            if (stop.stop_requested()) return 1;
            kill(getpid(), signal);
            wait_for(stop);
            return 7;
          }) == 7);
}

TEST_CASE("the second signal ends a program that does not stop") {
  CHECK(ending_of([] {
          const auto stop = os::stop_on_signals();
          kill(getpid(), SIGINT);
          wait_for(stop);
          kill(getpid(), SIGTERM);
          for (;;) pause();
          return 0;
        }) == 130);
}

TEST_CASE("a program that gets no signal ends as ever") {
  CHECK(ending_of([] { return os::stop_on_signals().stop_requested() ? 1 : 3; }) == 3);
}
