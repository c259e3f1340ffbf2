// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "base/time.h"

#include <string>
#include <string_view>
#include <vector>

/// Certificates that nobody but their maker trusts: for servers that simulate others.
namespace keepsake::crypto {

/// A certificate and its private key, both as PEM.
struct Certified {
  std::string certificate;
  Secret key;
};

/// How long what is made here is valid: from a day before `now`, for clocks that differ.
inline constexpr std::chrono::days certificate_lifetime{820};

/// An authority that signs itself (elliptic curve P-256).
Certified make_authority(std::string_view name, Instant now);

/// A certificate of that authority for a server that is reached by these names: domains, which may
/// begin with "*.", and addresses such as 127.0.0.1.
Certified make_server_certificate(const Certified& authority,
                                  const std::vector<std::string>& names,
                                  Instant now);

}  // namespace keepsake::crypto
