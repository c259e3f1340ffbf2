// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace keepsake {

/// A bounded queue between threads. Its size is the memory bound of a pipeline: a full channel
/// makes the sender wait, an empty one the receiver.
template <class T>
class Channel {
 public:
  explicit Channel(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. False when the channel was closed or `stop` was asked for: the value is
  /// dropped.
  bool send(T value, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const bool woken =
        changed_.wait(lock, stop, [&] { return closed_ || waiting_.size() < capacity_; });
    if (!woken || closed_) return false;
    waiting_.push_back(std::move(value));
    lock.unlock();
    changed_.notify_all();
    return true;
  }

  /// Waits for a value. Nothing when the channel is closed and empty, or `stop` was asked for.
  std::optional<T> receive(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty() || stop.stop_requested()) return std::nullopt;
    std::optional<T> value(std::move(waiting_.front()));
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return value;
  }

  /// What is already in it can still be received.
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<T> waiting_;
  bool closed_ = false;
};

}  // namespace keepsake
