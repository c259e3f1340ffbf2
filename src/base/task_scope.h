// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace keepsake {

/// Threads that end where they began. The first task that fails asks its siblings to stop, and its
/// error is what `join` returns. The destructor joins too.
class TaskScope {
 public:
  /// `outer` stops all tasks of the scope.
  explicit TaskScope(const std::stop_token& outer)
      : outer_stops_all_(outer, [this] { stop_.request_stop(); }) {}

  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;
  TaskScope(TaskScope&&) = delete;
  TaskScope& operator=(TaskScope&&) = delete;

  ~TaskScope() {
    stop_.request_stop();
    threads_.clear();
  }

  void start(std::function<Result<>(std::stop_token)> task) {
    threads_.emplace_back([this, task = std::move(task)] {
      auto result = task(stop_.get_token());
      if (result) return;
      {
        const std::scoped_lock lock(mutex_);
        if (!first_error_) first_error_ = std::move(result).error();
      }
      stop_.request_stop();
    });
  }

  /// Waits for all tasks. Call it once, from the thread that made the scope.
  Result<> join() {
    for (std::jthread& thread : threads_) thread.join();
    threads_.clear();
    const std::scoped_lock lock(mutex_);
    if (first_error_) return fail(*std::move(first_error_));
    return {};
  }

 private:
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_stops_all_;
  std::mutex mutex_;
  std::optional<Error> first_error_;
  std::vector<std::jthread> threads_;
};

/// Does so many things, numbered from 0, several at once; one at a time they are done in their
/// order, by the caller's thread. The first that fails keeps others from being begun.
inline Result<> do_at_once(std::size_t at_once,
                           std::size_t count,
                           const std::function<Result<>(std::size_t)>& task) {
  if (at_once <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) TRY(task(i));
    return {};
  }
  std::atomic<std::size_t> next = 0;
  TaskScope scope({});
  for (std::size_t thread = 0; thread < std::min(at_once, count); ++thread)
    scope.start([&](const std::stop_token& stop) -> Result<> {
      for (std::size_t i = next++; i < count && !stop.stop_requested(); i = next++) TRY(task(i));
      return {};
    });
  return scope.join();
}

}  // namespace keepsake
