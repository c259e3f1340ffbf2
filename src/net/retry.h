// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/cause.h"
#include "base/time.h"

#include <chrono>
#include <optional>
#include <string_view>

/// When something that failed is tried again: arithmetic only.
namespace keepsake::net {

using Delay = std::chrono::milliseconds;

/// How often, and after how long.
struct RetryPolicy {
  int attempts = 0;                         ///< after the first one
  Delay first = std::chrono::seconds(2);    ///< the longest wait before the second attempt
  Delay longest = std::chrono::minutes(5);  ///< whoever asks for more is not asked again
};

/// Chances, so that many who failed together do not come back together.
class Random {
 public:
  virtual ~Random() = default;
  virtual Delay between(Delay least, Delay most) = 0;
};

/// The system's; may be used by several threads.
Random& system_random();

/// How long to wait before the given attempt (1 is the first after a failure); nothing where it is
/// not worth one, or not allowed. Waits double each time. `retry_after` is what the server asked
/// for.
std::optional<Delay> delay_before(int attempt,
                                  Cause cause,
                                  std::optional<Delay> retry_after,
                                  const RetryPolicy& policy,
                                  Random& random);

/// The value of a Retry-After header: seconds, or a date. Nothing where it is neither.
std::optional<Delay> parse_retry_after(std::string_view value, Instant now);

}  // namespace keepsake::net
