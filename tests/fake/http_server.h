// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "base/text.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace keepsake::tests {

/// A small HTTP/1.1 server on this machine that misbehaves on command.
class HttpServer {
 public:
  struct Asked {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body{};
  };

  struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::optional<std::size_t> claimed_length{};  ///< instead of the body's own
    std::optional<std::size_t> cut_after{};       ///< so much of the body, then no more
    enum class Cut { closes, resets, waits };
    Cut cut = Cut::closes;
  };

  using Handler = std::function<Answer(const Asked&)>;

  explicit HttpServer(Handler handler) : handler_(std::move(handler)) {
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (listening_ < 0 || bind(listening_, plain(address), size) != 0 ||
        listen(listening_, 64) != 0 || getsockname(listening_, plain(address), &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { accept_all(); });
  }

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  ~HttpServer() {
    stop_.request_stop();
    shutdown(listening_, SHUT_RDWR);
    accepting_.join();
    close(listening_);
    state_.with([](State& state) {
      for (const int connection : state.open) shutdown(connection, SHUT_RDWR);
    });
    connections_.clear();
  }

  [[nodiscard]] std::string url(std::string_view target = "/") const {
    return fmt::format("http://127.0.0.1:{}{}", port_, target);
  }

  /// Every request so far, in the order they came.
  std::vector<Asked> asked() {
    return state_.with([](const State& state) { return state.asked; });
  }

  std::size_t connections() {
    return state_.with([](const State& state) { return state.accepted; });
  }

 private:
  struct State {
    std::vector<Asked> asked;
    std::vector<int> open;
    std::size_t accepted = 0;
  };

  static sockaddr* plain(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);  // NOLINT: what the calls take
  }

  void accept_all() {
    for (;;) {
      const int connection = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      state_.with([&](State& state) {
        state.open.push_back(connection);
        ++state.accepted;
      });
      connections_.emplace_back([this, connection] {
        serve(connection);
        state_.with([&](State& state) {
          std::erase(state.open, connection);
          close(connection);
        });
      });
    }
  }

  void serve(int connection) {
    std::string received;
    while (auto request = next_request(connection, received)) {
      state_.with([&](State& state) { state.asked.push_back(*request); });
      if (!answer(connection, *request, handler_(*request))) return;
    }
  }

  static bool receive(int connection, std::string& received) {
    std::string block(65536, '\0');
    const auto count = recv(connection, block.data(), block.size(), 0);
    if (count <= 0) return false;
    received.append(block, 0, static_cast<std::size_t>(count));
    return true;
  }

  static std::optional<Asked> next_request(int connection, std::string& received) {
    std::size_t end = 0;
    while ((end = received.find("\r\n\r\n")) == std::string::npos)
      if (!receive(connection, received)) return std::nullopt;
    Asked asked;
    std::string_view head(received.data(), end);
    const auto next_line = [&] {
      const auto line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(std::min(line.size() + 2, head.size()));
      return line;
    };
    const auto first = next_line();
    asked.method = first.substr(0, first.find(' '));
    asked.target = first.substr(asked.method.size() + 1);
    asked.target.erase(asked.target.rfind(' '));
    while (!head.empty()) {
      const auto line = next_line();
      const auto colon = line.find(':');
      asked.headers[lower_case(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }
    received.erase(0, end + 4);
    const auto length = asked.headers.find("content-length");
    const auto wanted = length == asked.headers.end() ? std::size_t{0} : std::stoul(length->second);
    while (received.size() < wanted)
      if (!receive(connection, received)) return std::nullopt;
    asked.body = received.substr(0, wanted);
    received.erase(0, wanted);
    return asked;
  }

  /// Whether the connection goes on.
  bool answer(int connection, const Asked& asked, const Answer& answer) {
    std::string head = fmt::format("HTTP/1.1 {} Something\r\n", answer.status);
    for (const auto& [name, value] : answer.headers) head += fmt::format("{}: {}\r\n", name, value);
    head += fmt::format("Content-Length: {}\r\n\r\n",
                        answer.claimed_length.value_or(answer.body.size()));
    const bool has_body = asked.method != "HEAD" && answer.status != 204;
    auto body = has_body ? std::string_view(answer.body) : std::string_view();
    if (answer.cut_after) body = body.substr(0, *answer.cut_after);
    if (!send_all(connection, head) || !send_all(connection, body)) return false;
    if (!answer.cut_after && !answer.claimed_length) return true;
    if (answer.cut == Answer::Cut::waits) wait_for_end();
    if (answer.cut == Answer::Cut::resets) {
      const linger at_once{1, 0};
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    return false;
  }

  static bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void wait_for_end() {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop_.get_token(), [] { return false; });
  }

  Handler handler_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::stop_source stop_;
  Guarded<State> state_;
  std::vector<std::jthread> connections_;  ///< the accepting thread's own, until it ended
  std::jthread accepting_;
};

}  // namespace keepsake::tests
