// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"

#include <optional>
#include <string_view>

namespace keepsake::net {

/// A date of a header, read as leniently as RFC 6265 §5.1.1 wants it of cookies: also
/// "Tue,16-Jan-2024 02:07:19 GMT", and years of two digits. Always UTC. Nothing for anything else.
std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace keepsake::net
