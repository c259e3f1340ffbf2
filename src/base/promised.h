// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <optional>
#include <string_view>

namespace keepsake {

/// What our own code has put there by now. Aborts, as `expect` does, where it has not; never for
/// input.
template <class T>
const T& promised(const std::optional<T>& value, std::string_view why) {
  if (!value) detail::broken(why);
  return *value;
}

template <class T>
const T& promised(std::optional<T>&& value, std::string_view why) = delete;

}  // namespace keepsake
