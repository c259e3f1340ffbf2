// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/spawn.h"

#include "base/result.h"
#include "os/failure.h"

#include <spawn.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

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

class FileActions {
 public:
  explicit FileActions(const std::vector<Passed>& files) {
    posix_spawn_file_actions_init(&actions_);
    for (const Passed& file : files)
      posix_spawn_file_actions_adddup2(&actions_, file.ours, file.theirs);
  }

  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  FileActions(FileActions&&) = delete;
  FileActions& operator=(FileActions&&) = delete;

  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Result<pid_t> spawn(std::vector<std::string> words, const std::vector<Passed>& files) {
  const FileActions actions(files);
  const Attributes attributes;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t process = 0;
  const int error = posix_spawnp(
      &process, pointers.front(), actions.get(), attributes.get(), pointers.data(), environ);
  if (error != 0) return failed(error, "it cannot be started", words.front());
  return process;
}

}  // namespace keepsake::os
