// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>

/// What a process asks of the machine, seen between it and the C library: every program that links
/// this has the functions of calls.cpp in front of the system's own, and so has every library that
/// it uses, SQLite among them. One layer below `os::Folder`, so that nothing slips past it. What
/// the C library does for itself (its own FILE, such as the log's) is not seen, and a file that is
/// written through a mapping is not either (SQLite's index of its log, which nobody needs again).
namespace keepsake::tests {

/// One request about files.
struct Call {
  enum class Kind : std::uint8_t {
    look,  ///< at a name, or at an open file
    list,  ///< opens a folder, or reads on in it
    open,  ///< an existing file, to read
    read,
    create,  ///< opens a file to write, new or not; `number` is its flags
    write,
    resize,  ///< `number` is the size
    reserve,
    sync,
    sync_folder,
    rename,
    link,
    symlink,
    make_folder,
    remove,
    set_time,
    set_mode,  ///< `number` is the mode
    close
  };

  Kind kind{};
  std::string path;        ///< absolute; of an open file the one it was opened by
  std::string other = {};  ///< a rename's or link's new name; a symbolic link's target
  int file = -1;           ///< the open file's descriptor, where there is one
  std::uint64_t number = 0;
  std::string_view bytes = {};  ///< what is to be written
  timespec modified{};
};

/// The name of a kind, for tables.
std::string_view name(Call::Kind kind);

/// Whether what lies on a disk, or what of it would survive a power cut, is another after it.
bool changes_something(Call::Kind kind);

/// What stands between the process and the machine. Called by all threads.
class Gate {
 public:
  virtual ~Gate() = default;

  /// Makes the call for `most` bytes at most, and returns what it returned.
  using Go = std::function<long(std::size_t most)>;
  static constexpr std::size_t all = SIZE_MAX;

  /// Lets the call happen, or answers in the machine's stead: -1 and errno.
  virtual long pass(const Call& call, const Go& go) = 0;

  /// What the clock shows instead.
  virtual timespec now(timespec real) { return real; }
};

/// From now on this process's calls pass the gate, which must outlive it. Calls of the gate itself
/// go straight to the machine. Waits for a condition with a time limit of up to a second pass at
/// once.
void stand_before_the_machine(Gate& chosen);

}  // namespace keepsake::tests
