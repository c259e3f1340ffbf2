// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/session.h"
#include "source/icloud/web.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source::icloud {

/// A phone that codes can be sent to.
struct TrustedPhone {
  std::int64_t id = 0;
  std::string number;     ///< as Apple shows it: "+1 (•••) •••-••81"
  bool non_fteu = false;  ///< Apple's word for where its number is from; given back as it came
};

/// By what an account lets somebody show that they are its owner.
struct Factors {
  bool has_devices = true;
  bool wants_security_key = false;
  bool is_blocked = false;  ///< too many codes were sent or tried
  std::vector<TrustedPhone> phones;
};

/// Reads the answer to the question which factors there are: JSON, or the page that has it inside.
/// Nothing where it is neither; then devices are assumed.
std::optional<Factors> factors_in(std::string_view body);

/// Which factors the account of this half-done sign-in has. Causes: unsupported for a security key,
/// throttled for too many codes; both say what to do.
Result<Factors> ask_factors(Web& web, const std::stop_token& stop);

/// Has a code shown on the person's devices, or sent to a phone, and notes down which. Causes:
/// unsupported (there is neither), throttled.
enum class SendTo { devices, phone };
Result<AskedCode> ask_for_code(Web& web,
                               const Factors& factors,
                               SendTo to,
                               const std::stop_token& stop);

/// Hands in the code that a person read, and makes this computer one that is trusted. Causes:
/// approval_needed for a wrong code, expired when the sign-in has become too old for it.
Result<> hand_in_code(Web& web,
                      const AskedCode& asked,
                      std::string_view code,
                      const std::stop_token& stop);

}  // namespace keepsake::source::icloud
