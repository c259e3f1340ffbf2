// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"

#include <string>

namespace keepsake::simulate::icloud {

/// Whose account is simulated. Nothing of it is anybody's.
struct Account {
  std::string email = "jane@example.com";
  Secret password{"correct horse"};
  bool second_factor = true;    ///< a code of six digits is asked for
  std::string code = "123456";  ///< what the trusted devices and the phone show
  std::string dsid = "10000000001";
};

}  // namespace keepsake::simulate::icloud
