// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace keepsake::os {

/// An open file of the kernel, closed at the brace.
class Descriptor {
 public:
  Descriptor() = default;

  /// Takes what a system call returned; -1 is none.
  explicit Descriptor(int number) : number_(number) {}

  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  /// Leaves alone the error of whatever made the caller give up.
  ~Descriptor() {
    const int error = errno;
    close();
    errno = error;
  }

  [[nodiscard]] int number() const { return number_; }

  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  /// Hands the file over to whoever closes it now.
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

  /// Returns 0 or the error. Linux has closed the file even then, so nothing is ever tried twice.
  int close() {
    if (!is_open()) return 0;
    return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR ? 0 : errno;
  }

 private:
  int number_ = -1;
};

/// Repeats a system call for as long as only a signal stopped it.
template <class Call>
auto unless_interrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace keepsake::os
