// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/shell.h"

#include "os/descriptor.h"
#include "os/failure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace keepsake::os {

namespace {

/// What a started process must not inherit: our blocked signals.
class Attributes {
 public:
  Attributes() {
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }

  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  Attributes(Attributes&&) = delete;
  Attributes& operator=(Attributes&&) = delete;

  ~Attributes() { posix_spawnattr_destroy(&attributes_); }

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

class OutputTo {
 public:
  explicit OutputTo(int descriptor) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, descriptor, STDOUT_FILENO);
  }

  OutputTo(const OutputTo&) = delete;
  OutputTo& operator=(const OutputTo&) = delete;
  OutputTo(OutputTo&&) = delete;
  OutputTo& operator=(OutputTo&&) = delete;

  ~OutputTo() { posix_spawn_file_actions_destroy(&actions_); }

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

Result<std::string> read_to_end(int descriptor, ByteCount most) {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const auto count =
        unless_interrupted([&] { return ::read(descriptor, block.data(), block.size()); });
    if (count < 0) return failed(errno, "its output cannot be read", "command");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > most.value)
      return fail(Cause::invalid, "the command writes more than {}", readable(most));
  }
}

}  // namespace

Result<std::string> output_of(const std::string& command, ByteCount most) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed(errno, "no pipe can be made", "command");
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  std::string shell = "/bin/sh";
  std::string option = "-c";
  std::string line = command;
  const std::array<char*, 4> words{shell.data(), option.data(), line.data(), nullptr};
  const OutputTo output(theirs.number());
  const Attributes attributes;
  pid_t child = 0;
  const int error =
      posix_spawn(&child, shell.c_str(), output.get(), attributes.get(), words.data(), environ);
  if (error != 0) return failed(error, "it cannot be started", "command");
  theirs.close();
  auto text = read_to_end(ours.number(), most);
  int status = 0;
  unless_interrupted([&] { return waitpid(child, &status, 0); });
  if (!text) return text;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(Cause::invalid, "the command failed; what it wrote was not used");
  return text;
}

}  // namespace keepsake::os
