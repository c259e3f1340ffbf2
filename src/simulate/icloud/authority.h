// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <filesystem>

namespace keepsake::simulate::icloud {

/// Where a simulator's certificates lie in its folder.
struct Authority {
  std::filesystem::path folder;

  /// Makes them at the first start: an authority of its own, and a server's certificate for every
  /// name that Apple's services have. Causes: denied, full.
  [[nodiscard]] Result<> make(Instant now) const;

  /// Lays the authority's certificate out for clients: it is there only while somebody listens.
  [[nodiscard]] Result<> publish() const;
  void withdraw() const;

  [[nodiscard]] std::filesystem::path published() const { return folder / "ca.pem"; }

  [[nodiscard]] std::filesystem::path certificate() const { return folder / "server.pem"; }

  [[nodiscard]] std::filesystem::path key() const { return folder / "server.key"; }
};

}  // namespace keepsake::simulate::icloud
