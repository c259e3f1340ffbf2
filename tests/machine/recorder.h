// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/machine/calls.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace keepsake::tests {

/// A call that changed something below one folder, as it can be done again.
struct Deed {
  Call::Kind kind{};
  std::uint32_t file = 0;  ///< a number for the open file, from its `create` on; 0 for names
  std::string path;        ///< below the folder
  std::string other;       ///< a new name below the folder; a symbolic link's target
  std::uint64_t number = 0;
  std::string bytes;
  timespec modified{};
  unsigned mode = 0;  ///< of a file that was opened to write
};

/// The part of a path below a folder; nothing when it does not lie there.
std::optional<std::string> below(const std::filesystem::path& folder, const std::string& path);

/// Memory that a process shares with those it forks, in which one of them tells another what it
/// did.
class Tape {
 public:
  explicit Tape(std::size_t size);
  ~Tape();

  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  void clear() { *end_ = 0; }

  /// For one writer at a time. False when the tape is full.
  bool add(const Deed& deed);

  [[nodiscard]] std::vector<Deed> deeds() const;

 private:
  char* memory_;
  std::size_t size_;
  std::size_t* end_;  ///< in the shared memory too
};

/// Writes down every change below a folder, one after the other, whichever thread makes it. Nothing
/// is really made durable: the tape says when it would have been.
class Recorder final : public Gate {
 public:
  Recorder(std::filesystem::path folder, Tape& tape) : folder_(std::move(folder)), tape_(tape) {}

  long pass(const Call& call, const Go& go) override;

 private:
  long record(const Call& call, const Go& go);
  std::filesystem::path folder_;
  Tape& tape_;
  std::mutex mutex_;
  std::map<int, std::uint32_t> files_;  ///< by descriptor
  std::uint32_t next_file_ = 1;
};

/// Writes down every call about something below a folder, of whatever kind; only kind and path.
class Watcher final : public Gate {
 public:
  Watcher(std::filesystem::path folder, Tape& tape) : folder_(std::move(folder)), tape_(tape) {}

  long pass(const Call& call, const Go& go) override;

 private:
  std::filesystem::path folder_;
  Tape& tape_;
  std::mutex mutex_;
};

/// Lets everything happen, but makes nothing durable: for runs that nobody interrupts.
class Haste final : public Gate {
 public:
  long pass(const Call& call, const Go& go) override;
};

}  // namespace keepsake::tests
