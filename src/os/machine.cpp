// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/machine.h"

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "os/descriptor.h"

#include <sys/random.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace keepsake::os {

namespace {

class SystemClock final : public Clock {
 public:
  Instant now() override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;  // it has no state
  return clock;
}

Id128 random_id() {
  Id128 id;
  // The kernel gives so few bytes whole or not at all.
  const auto count =
      unless_interrupted([&] { return getrandom(id.bytes.data(), id.bytes.size(), 0); });
  expect(count == static_cast<ssize_t>(id.bytes.size()), "the system has a random source");
  return id;
}

ByteCount peak_memory() {
  constexpr std::uint64_t kibibyte = 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return ByteCount{static_cast<std::uint64_t>(usage.ru_maxrss) * kibibyte};
}

}  // namespace keepsake::os
