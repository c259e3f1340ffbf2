// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// The line between a program and a server of this machine, good or bad.
class Relay {
 public:
  struct Line {
    bool refuses = false;                 ///< nobody is at the other end
    bool is_silent = false;               ///< what is sent goes nowhere, and nothing comes
    std::chrono::milliseconds delay{0};   ///< of every byte, each way
    std::uint64_t bytes_each_second = 0;  ///< 0: as fast as it goes
    int resets = 0;  ///< so many connections are reset amid a body; below 0 all of them
    std::uint64_t before_reset = 20'000;  ///< bytes of such a connection that still arrive
  };

  /// From an address of this machine, a dotted one, to a port of its own.
  Relay(std::uint16_t to, const Line& line, const char* from = "127.0.0.1")
      : to_(to), line_(line), resets_left_(line.resets) {
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = here(0);
    inet_pton(AF_INET, from, &address.sin_addr);
    socklen_t size = sizeof(address);
    if (listening_ < 0 || bind(listening_, plain(address), size) != 0 ||
        getsockname(listening_, plain(address), &size) != 0)
      throw std::runtime_error("there is no port");
    port_ = ntohs(address.sin_port);
    if (line_.refuses) return;
    if (listen(listening_, 64) != 0) throw std::runtime_error("cannot listen");
    accepting_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
  }

  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  ~Relay() {
    accepting_.request_stop();
    if (accepting_.joinable()) accepting_.join();
    for (std::jthread& connection : connections_) connection.request_stop();
    connections_.clear();
    close(listening_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  using Clock = std::chrono::steady_clock;

  /// Bytes on their way.
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };

  struct Way {
    int from = -1;
    int to = -1;
    std::deque<Piece> under_way;
    std::uint64_t left = 0;  ///< bytes that may still pass
    bool ended = false;
  };

  static sockaddr_in here(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  static sockaddr* plain(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);  // NOLINT: what the calls take
  }

  void accept_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd ready{listening_, POLLIN, 0};
      if (poll(&ready, 1, 50) <= 0) continue;
      const int near = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (near < 0) continue;
      connections_.emplace_back([this, near](const std::stop_token& ends) { carry(near, ends); });
    }
  }

  void carry(int near, const std::stop_token& stop) {
    const int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = here(to_);
    if (connect(far, plain(address), sizeof(address)) == 0) {
      const bool is_reset = line_.resets < 0 || resets_left_-- > 0;
      const auto most = is_reset ? line_.before_reset : std::numeric_limits<std::uint64_t>::max();
      Way out{near, far, {}, most, false};
      Way back{far, near, {}, most, false};
      while (!stop.stop_requested() && !(out.ended && back.ended)) {
        if (out.left == 0 || back.left == 0) {
          reset(near);
          break;
        }
        if (!step(out, back)) break;
      }
    }
    close(near);
    close(far);
  }

  static void reset(int connection) {
    const linger at_once{1, 0};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }

  /// Whether the connection goes on.
  bool step(Way& out, Way& back) {
    std::array<pollfd, 2> ready{pollfd{out.from, POLLIN, 0}, pollfd{back.from, POLLIN, 0}};
    const std::array ways{&out, &back};
    for (std::size_t i = 0; i < ways.size(); ++i)
      if (ways[i]->ended || ways[i]->under_way.size() > 64) ready[i].fd = -1;
    poll(ready.data(), ready.size(), 1);
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if ((ready[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) take(*ways[i]);
      if (!deliver(*ways[i])) return false;
    }
    return true;
  }

  void take(Way& way) {
    std::string block(line_.bytes_each_second == 0 ? 65536 : 4096, '\0');
    const auto count = recv(way.from, block.data(), block.size(), 0);
    way.ended = count <= 0;
    if (count <= 0 || line_.is_silent) return;
    block.resize(static_cast<std::size_t>(count));
    way.under_way.push_back({due(block.size()), std::move(block)});
  }

  /// When bytes that begin their way now are at its end.
  Clock::time_point due(std::size_t count) {
    const auto now = Clock::now();
    if (line_.bytes_each_second == 0) return now + line_.delay;
    const std::chrono::microseconds takes(count * 1'000'000 / line_.bytes_each_second);
    return free_at_.with([&](Clock::time_point& free_at) {
      free_at = std::max(free_at, now) + takes;
      return free_at + line_.delay;
    });
  }

  static bool deliver(Way& way) {
    while (!way.under_way.empty() && way.under_way.front().due <= Clock::now()) {
      const std::string bytes = std::move(way.under_way.front().bytes);
      way.under_way.pop_front();
      const auto passing = std::min<std::uint64_t>(bytes.size(), way.left);
      for (std::size_t sent = 0; sent < passing;) {
        const auto count = send(way.to, bytes.data() + sent, passing - sent, MSG_NOSIGNAL);
        if (count <= 0) return false;
        sent += static_cast<std::size_t>(count);
      }
      way.left -= passing;
    }
    if (way.ended && way.under_way.empty()) shutdown(way.to, SHUT_WR);
    return true;
  }

  const std::uint16_t to_;
  const Line line_;
  std::atomic<int> resets_left_;
  Guarded<Clock::time_point> free_at_;  ///< all connections share the line
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::vector<std::jthread> connections_;  ///< the accepting thread's own, until it ended
  std::jthread accepting_;
};

}  // namespace keepsake::tests
