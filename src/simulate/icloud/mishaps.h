// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"

#include <optional>
#include <string_view>

namespace keepsake::simulate::icloud {

/// The answer that a fault gives in place of the service's own; nothing where none strikes. The
/// body is that of the service to which the operation belongs.
std::optional<Reply> answer_instead(Faults& faults, std::string_view operation);

/// Lets the faults that strike the operation go at the body of its reply.
void spoil(Faults& faults, std::string_view operation, Reply& reply);

}  // namespace keepsake::simulate::icloud
