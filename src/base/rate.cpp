// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rate.h"

#include <algorithm>

namespace keepsake {

namespace {

constexpr std::uint64_t portions_each_second = 4;
constexpr std::uint64_t least_portion = 1024;

}  // namespace

std::size_t Meter::portion(std::size_t bytes) const {
  const auto most = each_second();
  if (!most) return bytes;
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(bytes, std::max(least_portion, most->value / portions_each_second)));
}

void Meter::take(ByteCount bytes, Time now) {
  const auto most = each_second();
  if (!most) return;
  const std::chrono::duration<double> takes(static_cast<double>(bytes.value) /
                                            static_cast<double>(most->value));
  free_at_ = std::max(free_at_, now) +
             std::chrono::duration_cast<std::chrono::steady_clock::duration>(takes);
}

}  // namespace keepsake
