// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/bench/measure.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>

namespace keepsake::bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

[[noreturn]] void become(const char* command, const char* log) {
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (output < 0 || input < 0) _exit(126);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", command, nullptr);
  _exit(127);
}

}  // namespace

Result<Measure> measure(const std::string& command, const std::string& log) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) return fail(Cause::internal, "cannot start a process");
  if (child == 0) become(command.c_str(), log.c_str());
  int status = 0;
  rusage usage{};  // of the child and of all its descendants that were waited for
  while (wait4(child, &status, 0, &usage) < 0)
    if (errno != EINTR) return fail(Cause::internal, "cannot wait for a process");
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(
        Cause::internal, "\"{}\" ended with {} (see {})", command, WEXITSTATUS(status), log);
  constexpr std::uint64_t kibibyte = 1024;
  const ByteCount memory{static_cast<std::uint64_t>(usage.ru_maxrss) * kibibyte};
  return Measure{seconds(usage.ru_utime), seconds(usage.ru_stime), wall.count(), memory, 0};
}

Result<> step(const std::string& command, const std::string& log) {
  if (command.empty()) return {};
  TRY(measure(command, log));
  return {};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace keepsake::bench
