// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/time.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/query.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace keepsake::simulate::icloud {

/// What became of one operation of records/modify.
struct Modified {
  std::string record;
  std::string code;  ///< Apple's, where it was refused; empty where it was done
  std::string reason;
  bool deleted = false;
};

/// The operations of a records/modify, done or refused one by one; with `atomic` all or none.
/// `asked` has `database`, `zoneID`, `operations`, `atomic`. Nothing for a zone that is not there.
std::vector<Modified> modify(Library& library, const nlohmann::json& asked, Instant at);

}  // namespace keepsake::simulate::icloud
