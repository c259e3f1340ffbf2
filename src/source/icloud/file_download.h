// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/asset.h"
#include "source/icloud/addresses.h"
#include "source/icloud/web.h"
#include "source/source.h"

#include <memory>
#include <stop_token>
#include <string>

namespace keepsake::source::icloud {

/// The bytes of a file of a library, from whichever address is good. A connection that breaks is
/// made anew where it broke, an address that grew too old is renewed; what comes is checked against
/// the size and the sum that Apple says. Causes of opening: those of `Addresses`, offline, timeout,
/// throttled. Of reading the same, and corrupt for more bytes than there should be. Of confirming:
/// corrupt, and invalid for what is empty or nothing but zeros.
Result<std::unique_ptr<Bytestream>> open_download(Web& web,
                                                  Addresses& addresses,
                                                  std::string library,
                                                  const photo::Rendition& rendition,
                                                  std::stop_token stop);

}  // namespace keepsake::source::icloud
