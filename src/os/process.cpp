// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/machine.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <limits>
#include <string>

namespace keepsake::os {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

std::int64_t process_id() { return getpid(); }

bool is_running(std::int64_t process) {
  // Zero and below would ask for groups of processes.
  if (process <= 0 || process > std::numeric_limits<pid_t>::max()) return false;
  return kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM;
}

}  // namespace keepsake::os
