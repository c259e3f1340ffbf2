// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/exchange.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace keepsake::net {

namespace {

constexpr std::size_t most_head_bytes = std::size_t{256} << 10U;

/// Of "HTTP/1.1 200 OK" or "HTTP/2 200"; nothing for any other line.
std::optional<int> status_in(std::string_view line) {
  if (!line.starts_with("HTTP/")) return std::nullopt;
  line.remove_prefix(std::min(line.find(' '), line.size()));
  line = trimmed(line);
  int status = 0;
  const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), status);
  const bool ends = rest == line.data() + line.size() || *rest == ' ';
  return error == std::errc() && ends ? std::optional(status) : std::nullopt;
}

}  // namespace

Result<> Exchange::wait_until(std::unique_lock<std::mutex>& lock,
                              const std::stop_token& stop,
                              const auto& is_so) {
  if (!changed_.wait(lock, stop, is_so)) return fail(Cause::cancelled, "interrupted");
  return {};
}

Result<Response> Exchange::wait_for_head(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  TRY(wait_until(lock, stop, [this] { return head_is_whole_ || ended_; }));
  if (!head_is_whole_ && failure_) return fail(*failure_);
  return head_;
}

Result<std::string> Exchange::wait_for_body(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  TRY(wait_until(lock, stop, [this] { return ended_ || starved_; }));
  if (failure_) return fail(*failure_);
  if (starved_)
    return fail(
        Cause::corrupt, "the answer is longer than {}, far more than expected", readable(room_));
  return std::move(arrived_);
}

Result<std::size_t> Exchange::read(std::span<std::byte> buffer, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  TRY(wait_until(lock, stop, [this] { return read_ < arrived_.size() || ended_; }));
  const auto count = std::min(buffer.size(), arrived_.size() - read_);
  // What came before a failure is as good as any.
  if (count == 0 && failure_) return fail(*failure_);
  std::memcpy(buffer.data(), arrived_.data() + read_, count);
  read_ += count;
  if (read_ == arrived_.size()) {
    arrived_.clear();
    read_ = 0;
  }
  return count;
}

bool Exchange::has_room_again() {
  const std::scoped_lock lock(mutex_);
  const bool has = starved_ && arrived_.size() - read_ <= room_.value / 2;
  if (has) starved_ = false;
  return has;
}

void Exchange::abandon() {
  const std::scoped_lock lock(mutex_);
  abandoned_ = true;
}

bool Exchange::take_head_line(std::string_view line) {
  {
    const std::scoped_lock lock(mutex_);
    head_bytes_ += line.size();
    if (head_bytes_ > most_head_bytes) return false;
    const auto text = trimmed(line);
    const auto colon = text.find(':');
    if (const auto status = status_in(text)) {
      // What came before was only "continue", or the like.
      head_ = {};
      head_.status = *status;
    } else if (text.empty()) {
      head_is_whole_ = head_is_whole_ || head_.status >= 200;
    } else if (colon != std::string_view::npos && !head_is_whole_) {
      head_.headers.add(trimmed(text.substr(0, colon)), trimmed(text.substr(colon + 1)));
    }
  }
  changed_.notify_all();
  return true;
}

Exchange::Taken Exchange::take_body(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  if (abandoned_) return Taken::not_wanted;
  const auto unread = arrived_.size() - read_;
  starved_ = unread > 0 && unread + bytes.size() > room_.value;
  const auto taken = starved_ ? Taken::nothing : Taken::all;
  if (taken == Taken::all) {
    arrived_.erase(0, read_);
    read_ = 0;
    arrived_ += bytes;
  }
  lock.unlock();
  changed_.notify_all();
  return taken;
}

bool Exchange::is_abandoned() {
  const std::scoped_lock lock(mutex_);
  return abandoned_;
}

void Exchange::end(std::optional<Error> failure) {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    failure_ = std::move(failure);
  }
  changed_.notify_all();
}

}  // namespace keepsake::net
