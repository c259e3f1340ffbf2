// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/machine.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace keepsake::storage {

/// How names of unfinished files begin; no program takes them for anything else.
inline constexpr std::string_view unfinished_prefix = "keepsake-tmp-";

/// A new name for one; nobody else has it.
inline std::string unfinished_name() {
  return fmt::format("{}{}", unfinished_prefix, os::random_id().hex());
}

}  // namespace keepsake::storage
