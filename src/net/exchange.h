// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "net/http.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace keepsake::net {

/// One request under way, and its answer as far as it came: between the thread that asked and the
/// one that runs curl. Shared by both, because either may leave first.
class Exchange {
 public:
  /// At most about `room` bytes of the body wait here to be read.
  Exchange(Request request, ByteCount room) : request_(std::move(request)), room_(room) {}

  [[nodiscard]] const Request& request() const { return request_; }

  // For the thread that asked.

  Result<Response> wait_for_head(const std::stop_token& stop);

  /// The rest of the body. Causes: corrupt when it does not fit into the room.
  Result<std::string> wait_for_body(const std::stop_token& stop);

  /// Waits for at least one byte; 0 at the end.
  Result<std::size_t> read(std::span<std::byte> buffer, const std::stop_token& stop);

  /// Whether the other side stopped for want of room, and there is some again. Says so once.
  bool has_room_again();

  /// Nobody waits for the answer any more.
  void abandon();

  // For the thread that runs curl.

  /// A line of the head, its end included. False for a head that is far too long.
  bool take_head_line(std::string_view line);

  enum class Taken { all, nothing, not_wanted };

  /// All of it, or nothing for want of room.
  Taken take_body(std::string_view bytes);
  bool is_abandoned();
  void end(std::optional<Error> failure);

 private:
  Result<> wait_until(std::unique_lock<std::mutex>& lock,
                      const std::stop_token& stop,
                      const auto& is_so);

  const Request request_;
  const ByteCount room_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  Response head_;
  std::size_t head_bytes_ = 0;
  bool head_is_whole_ = false;
  std::string arrived_;
  std::size_t read_ = 0;  ///< of what arrived
  bool starved_ = false;  ///< curl waits for room
  bool abandoned_ = false;
  bool ended_ = false;
  std::optional<Error> failure_;
};

}  // namespace keepsake::net
