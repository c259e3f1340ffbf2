// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "simulate/icloud/library.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <utility>

namespace keepsake::simulate::icloud {

/// The acts that made a library, one JSON line each, in a file. It outlives a restart, though no
/// power cut.
class Journal {
 public:
  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  /// Repeats all acts on an empty library; false when there are none yet. Causes: corrupt, denied.
  Result<bool> replay(Library& library);

  /// Does it and keeps it; what cannot be done is not kept. Returns what `apply` does.
  Result<nlohmann::json> perform(Library& library, const nlohmann::json& act, Instant at);

 private:
  std::filesystem::path file_;
};

}  // namespace keepsake::simulate::icloud
