// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/http.h"

#include <nlohmann/json_fwd.hpp>

namespace keepsake::simulate::icloud {

Reply reply_of(int status, const nlohmann::json& body);

/// The object that a request carries; an empty one where it carries none.
nlohmann::json object_in(const Request& request);

}  // namespace keepsake::simulate::icloud
