// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "simulate/icloud/clock.h"
#include "simulate/icloud/downloads.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/journal.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/sessions.h"
#include "simulate/icloud/setup.h"
#include "simulate/icloud/sign_in.h"
#include "simulate/icloud/sync_token.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace keepsake::simulate::icloud {

/// How often each operation was called.
using Calls = std::map<std::string, std::uint64_t, std::less<>>;

/// The door for tests, below /simulate/: it changes the library as its owner's devices would, lets
/// things expire, moves the clock, and tells what was asked. Only who knows the token may enter.
class Control {
 public:
  /// What it works on.
  struct Parts {
    Library& library;
    Journal& journal;
    Sessions& sessions;
    SyncTokens& tokens;
    Downloads& downloads;
    Faults& faults;
    MovableClock& clock;
    SignIn& sign_in;
    Setup& setup;
    Calls& calls;
    Lies& lies;
  };

  Control(Parts parts, std::string token) : parts_(parts), token_(std::move(token)) {}

  [[nodiscard]] static bool concerns(const Request& request) {
    return request.path.starts_with("/simulate/");
  }

  Reply answer(const Request& request);

 private:
  Result<nlohmann::json> act(const Request& request);
  Result<nlohmann::json> expire(const Request& request);
  Result<nlohmann::json> advance(const Request& request);
  Result<nlohmann::json> set_faults(const Request& request);
  Result<nlohmann::json> lie(const Request& request);
  Result<nlohmann::json> consent(const Request& request);
  Result<nlohmann::json> calls(const Request& request);
  Result<nlohmann::json> files(const Request& request);

  Parts parts_;
  std::string token_;
};

}  // namespace keepsake::simulate::icloud
