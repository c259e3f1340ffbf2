// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/child.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "os/descriptor.h"
#include "os/failure.h"
#include "os/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace keepsake::os {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_last_words = 4096;

/// Reads what the program complains of until it ends, and keeps the end of it.
class LastWords {
 public:
  explicit LastWords(Descriptor from) : from_(std::move(from)), listener_([this] { listen(); }) {}

  std::string text() {
    if (listener_.joinable()) listener_.join();
    return text_;
  }

 private:
  void listen() {
    std::array<char, 1024> block{};
    for (;;) {
      const auto count =
          unless_interrupted([&] { return ::read(from_.number(), block.data(), block.size()); });
      if (count <= 0) return;
      text_.append(block.data(), static_cast<std::size_t>(count));
      if (text_.size() > most_last_words) text_.erase(0, text_.size() - most_last_words);
    }
  }

  Descriptor from_;
  std::string text_;  ///< the listener's until it was joined
  std::jthread listener_;
};

/// Talked to over one socket pair, because writing to a socket raises no signal when nobody reads.
class ChildProcess final : public Child {
 public:
  ChildProcess(pid_t process,
               Descriptor talk,
               Descriptor complaints,
               std::optional<milliseconds> patience)
      : process_(process),
        patience_(patience),
        talk_(std::move(talk)),
        last_words_(std::move(complaints)) {}

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess(ChildProcess&&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;

  ~ChildProcess() override { end(); }

  Result<> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const auto count = unless_interrupted(
          [&] { return ::send(talk_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
      if (count < 0) return fail(Cause::offline, "the program at the other end has stopped");
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    pollfd something{.fd = talk_.number(), .events = POLLIN, .revents = 0};
    const auto most = patience_ ? static_cast<int>(patience_->count()) : -1;
    if (unless_interrupted([&] { return ::poll(&something, 1, most); }) == 0)
      return fail(Cause::timeout, "the program at the other end says nothing");
    const auto count =
        unless_interrupted([&] { return ::read(talk_.number(), buffer.data(), buffer.size()); });
    if (count < 0 && errno != ECONNRESET) return failed(errno, "its output cannot be read", {});
    return static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }

  void hang_up() override { ::shutdown(talk_.number(), SHUT_RDWR); }

  std::string last_words() override {
    end();
    return last_words_.text();
  }

 private:
  void end() {
    if (process_ == 0) return;
    hang_up();
    ::kill(process_, SIGTERM);
    unless_interrupted([&] { return ::waitpid(process_, nullptr, 0); });
    process_ = 0;
  }

  pid_t process_;
  std::optional<milliseconds> patience_;
  Descriptor talk_;
  LastWords last_words_;
};

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& words,
                                            std::optional<milliseconds> patience) {
  expect(!words.empty(), "a program has a name");
  std::array<int, 2> talk{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk.data()) != 0)
    return failed(errno, "no line to it can be made", words.front());
  Descriptor ours(talk[0]);
  const Descriptor theirs(talk[1]);
  std::array<int, 2> complaints{};
  if (::pipe2(complaints.data(), O_CLOEXEC) != 0)
    return failed(errno, "no line to it can be made", words.front());
  Descriptor heard(complaints[0]);
  const Descriptor told(complaints[1]);
  const auto process = TRY(spawn(words,
                                 {{theirs.number(), STDIN_FILENO},
                                  {theirs.number(), STDOUT_FILENO},
                                  {told.number(), STDERR_FILENO}}));
  return std::unique_ptr<Child>(
      std::make_unique<ChildProcess>(process, std::move(ours), std::move(heard), patience));
}

}  // namespace keepsake::os
