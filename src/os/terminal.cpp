// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secret.h"
#include "os/descriptor.h"
#include "os/file.h"
#include "os/machine.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <string>

namespace keepsake::os {

namespace {

constexpr std::size_t most_typed = 4096;

/// The terminal shows nothing that is typed, until the brace.
class Hidden {
 public:
  explicit Hidden(int terminal) : terminal_(terminal) {
    changed_ = tcgetattr(terminal_, &before_) == 0;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (changed_) tcsetattr(terminal_, TCSAFLUSH, &hidden);
  }

  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  Hidden(Hidden&&) = delete;
  Hidden& operator=(Hidden&&) = delete;

  ~Hidden() {
    if (changed_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

Result<Descriptor> open_terminal() {
  Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!terminal.is_open() || isatty(STDIN_FILENO) == 0)
    return fail(Cause::not_found, "there is no terminal to ask on");
  return terminal;
}

std::string typed_line(const Descriptor& terminal) {
  std::string typed;
  char letter = 0;
  while (typed.size() < most_typed && ::read(terminal.number(), &letter, 1) == 1 && letter != '\n')
    typed += letter;
  return typed;
}

}  // namespace

std::optional<int> terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

Result<Secret> ask_hidden(std::string_view question) {
  const auto terminal = TRY(open_terminal());
  std::string typed;
  {
    write_all(terminal.number(), bytes_of(question));
    const Hidden hidden(terminal.number());
    typed = typed_line(terminal);
  }
  write_all(terminal.number(), bytes_of("\n"));
  if (typed.empty()) return fail(Cause::cancelled, "no password was entered");
  return Secret(std::move(typed));
}

Result<std::string> ask_shown(std::string_view question) {
  const auto terminal = TRY(open_terminal());
  write_all(terminal.number(), bytes_of(question));
  auto typed = typed_line(terminal);
  if (typed.empty()) return fail(Cause::cancelled, "nothing was entered");
  return typed;
}

}  // namespace keepsake::os
