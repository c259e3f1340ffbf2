// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <stdexcept>

namespace keepsake::tests {

/// Until the brace the process has no more rights than any user has on what is not theirs: root,
/// to whom nothing is denied, becomes nobody. What the test made before belongs to somebody else
/// then only where it runs as root; take away the owner's permissions too.
class WithoutRoot {
 public:
  WithoutRoot() {
    constexpr uid_t nobody = 65534;
    if (before_ == 0 && seteuid(nobody) != 0) throw std::runtime_error("root cannot become nobody");
  }

  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;

  ~WithoutRoot() {
    if (before_ == 0 && seteuid(before_) != 0) _exit(1);
  }

 private:
  uid_t before_ = geteuid();
};

}  // namespace keepsake::tests
