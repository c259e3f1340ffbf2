// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/bandwidth.h"

#include <algorithm>

namespace keepsake::net {

void Bandwidth::take(ByteCount bytes, Time now) {
  if (!each_second_) return;
  const std::chrono::duration<double> takes(static_cast<double>(bytes.value) /
                                            static_cast<double>(each_second_->value));
  free_at_ = std::max(free_at_, now) +
             std::chrono::duration_cast<std::chrono::steady_clock::duration>(takes);
}

}  // namespace keepsake::net
