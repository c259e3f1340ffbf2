// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/machine.h"

#include <chrono>

namespace keepsake::simulate::icloud {

/// Another clock that can be put forward, so that what lasts hours can be tried in no time.
class MovableClock final : public os::Clock {
 public:
  explicit MovableClock(os::Clock& clock) : clock_(clock) {}

  Instant now() override { return clock_.now() + ahead_; }

  void advance(std::chrono::milliseconds by) { ahead_ += by; }

 private:
  os::Clock& clock_;
  std::chrono::milliseconds ahead_{0};
};

}  // namespace keepsake::simulate::icloud
