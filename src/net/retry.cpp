// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/retry.h"

#include "crypto/cipher.h"
#include "net/http_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace keepsake::net {

namespace {

class SystemRandom final : public Random {
 public:
  Delay between(Delay least, Delay most) override {
    std::array<std::byte, sizeof(std::uint64_t)> bytes{};
    crypto::fill_random(bytes);
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), bytes.size());
    const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Delay(number % span);
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

std::optional<Delay> delay_before(int attempt,
                                  Cause cause,
                                  std::optional<Delay> retry_after,
                                  const RetryPolicy& policy,
                                  Random& random) {
  if (remedy(cause) != Remedy::retry_now || attempt > policy.attempts) return std::nullopt;
  if (retry_after > policy.longest) return std::nullopt;
  auto most = std::min(policy.first, policy.longest);
  for (int i = 1; i < attempt && most < policy.longest; ++i)
    most = std::min(most * 2, policy.longest);
  return std::max(retry_after.value_or(Delay::zero()), random.between(most / 2, most));
}

std::optional<Delay> parse_retry_after(std::string_view value, Instant now) {
  constexpr std::uint32_t most_seconds = 10'000'000;
  std::uint32_t seconds = 0;
  const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && rest == value.data() + value.size())
    return Delay(std::chrono::seconds(std::min(seconds, most_seconds)));
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::max(Delay::zero(), *date - now);
}

}  // namespace keepsake::net
