// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/shell.h"

#include "os/descriptor.h"
#include "os/failure.h"
#include "os/spawn.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace keepsake::os {

namespace {

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
  const auto child = TRY(spawn({"/bin/sh", "-c", command}, {{theirs.number(), STDOUT_FILENO}})
                             .map_error(in("command")));
  theirs.close();
  auto text = read_to_end(ours.number(), most);
  int status = 0;
  unless_interrupted([&] { return waitpid(child, &status, 0); });
  if (!text) return text;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(Cause::invalid, "the command failed; what it wrote was not used");
  return text;
}

Result<Finished> run_program(std::vector<std::string> words) {
  constexpr std::size_t most_printed = 64U << 10U;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed(errno, "no pipe can be made", words[0]);
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  const auto child = TRY(spawn(
      std::move(words), {{theirs.number(), STDOUT_FILENO}, {theirs.number(), STDERR_FILENO}}));
  theirs.close();
  Finished finished;
  std::array<char, 4096> block{};
  for (;;) {
    const auto count =
        unless_interrupted([&] { return ::read(ours.number(), block.data(), block.size()); });
    if (count <= 0) break;
    if (finished.printed.size() < most_printed)
      finished.printed.append(block.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  unless_interrupted([&] { return waitpid(child, &status, 0); });
  finished.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return finished;
}

}  // namespace keepsake::os
