// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/temp_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Programs, run as a person runs them: as processes of their own.
namespace keepsake::tests {

/// What a finished program left behind.
struct Ran {
  int exit_code = 0;  ///< 128 + the signal's number when a signal ended it
  std::string out;
  std::string err;

  /// Its output as JSON lines; a line that is none makes the test fail here.
  [[nodiscard]] std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> parsed;
    for (std::size_t begin = 0; begin < out.size();) {
      const auto end = out.find('\n', begin);
      if (end == std::string::npos) throw std::runtime_error("a torn last line: " + out);
      parsed.push_back(nlohmann::json::parse(out.substr(begin, end - begin)));
      begin = end + 1;
    }
    return parsed;
  }

  /// The last JSON line: a summary or an error.
  [[nodiscard]] nlohmann::json summary() const {
    const auto all = lines();
    if (all.empty()) throw std::runtime_error("no output; on standard error: " + err);
    return all.back();
  }
};

/// What a program may take before it is ended; 0 for whatever it wants.
struct Limits {
  unsigned seconds = 0;  ///< by the clock; then SIGALRM ends it
  rlim_t memory = 0;     ///< bytes that are its own: what it asks for beyond that, it does not get
};

/// How to run a program.
struct Command {
  std::vector<std::string> words;
  std::filesystem::path folder = ".";                   ///< where it runs
  std::map<std::string, std::string> environment = {};  ///< added to ours
  bool as_nobody = false;                               ///< without the rights of root
  Limits limits = {};
};

/// A program that runs; waited for at the brace, if not before.
class Process {
 public:
  explicit Process(const Command& command) {
    // All that the new process needs is made here: between fork and exec nothing may be allocated.
    auto words = command.words;
    auto variables = variables_of(command);
    const auto word_pointers = pointers_to(words);
    const auto variable_pointers = pointers_to(variables);
    const auto out = said_ / "out";
    const auto err = said_ / "err";
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ > 0) return;
    write_to(out, STDOUT_FILENO);
    write_to(err, STDERR_FILENO);
    if (chdir(command.folder.c_str()) != 0) _exit(126);
    constexpr uid_t nobody = 65534;
    if (command.as_nobody && geteuid() == 0 && setresuid(nobody, nobody, nobody) != 0) _exit(126);
    limit_to(command.limits);
    execvpe(word_pointers.front(), word_pointers.data(), variable_pointers.data());
    _exit(127);
  }

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  ~Process() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  void send(int signal) const { kill(pid_, signal); }

  /// Whether it has ended by now.
  bool has_ended() {
    if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
    return pid_ == 0;
  }

  /// What it printed so far.
  [[nodiscard]] std::string printed() const { return said_.has("out") ? said_.read("out") : ""; }

  Ran wait() {
    if (pid_ > 0 && waitpid(pid_, &status_, 0) != pid_) throw std::runtime_error("cannot wait");
    pid_ = 0;
    Ran ran;
    ran.exit_code = WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
    ran.out = said_.read("out");
    ran.err = said_.read("err");
    return ran;
  }

 private:
  static void write_to(const std::filesystem::path& file, int descriptor) {
    const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (opened < 0 || dup2(opened, descriptor) < 0) _exit(126);
    close(opened);
  }

  /// Both outlive exec.
  static void limit_to(const Limits& limits) {
    const rlimit memory{limits.memory, limits.memory};
    if (limits.memory != 0 && setrlimit(RLIMIT_DATA, &memory) != 0) _exit(126);
    alarm(limits.seconds);
  }

  /// Our own environment, and what the command adds to it.
  static std::vector<std::string> variables_of(const Command& command) {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      std::string text = *variable;
      if (!command.environment.contains(text.substr(0, text.find('='))))
        variables.push_back(std::move(text));
    }
    for (const auto& [name, value] : command.environment)
      variables.push_back(fmt::format("{}={}", name, value));
    return variables;
  }

  /// As exec takes them: with a null at the end.
  static std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  TempFolder said_;
  pid_t pid_ = -1;
  int status_ = 0;
};

inline Ran run(const Command& command) { return Process(command).wait(); }

}  // namespace keepsake::tests
