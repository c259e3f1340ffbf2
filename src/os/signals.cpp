// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"
#include "os/machine.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <stop_token>
#include <thread>

namespace keepsake::os {

namespace {

/// What shells report of a program that Ctrl-C ended.
constexpr int ended_by_signal = 130;

sigset_t stopping_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// Turns the first signal into a request to stop, and dies of the second.
void wait_for_signals(const std::stop_token& over, std::stop_source& stop) {
  const sigset_t signals = stopping_signals();
  const pthread_t self = pthread_self();
  // Nothing else can end sigwait than one of the signals, so the end of the program sends itself
  // one, to this thread alone.
  const std::stop_callback wake(over, [self] { pthread_kill(self, SIGINT); });
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (over.stop_requested()) return;
    if (stop.stop_requested()) _exit(ended_by_signal);
    stop.request_stop();
  }
}

/// The signals are blocked in every thread, and one thread waits for them. A handler could do
/// little more than set a variable that the whole program shares, which would be looked at too
/// late; this thread may call whatever a stop calls, and it is joined when the program ends.
class SignalWatch {
 public:
  SignalWatch() {
    const sigset_t signals = stopping_signals();
    expect(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0, "signals can be blocked");
    watcher_ = std::jthread([this](const std::stop_token& over) { wait_for_signals(over, stop_); });
  }

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace

std::stop_token stop_on_signals() {
  static const SignalWatch watch;
  return watch.token();
}

}  // namespace keepsake::os
