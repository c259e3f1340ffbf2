// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "net/http.h"
#include "net/retry.h"

#include <optional>
#include <variant>

namespace keepsake::source::icloud {

/// What an answer of CloudKit means for the call that it answers. Pure.
namespace verdict {

/// It is an answer.
struct Good {
  json::Document document;
};

/// The session is over: get in again, then ask again.
struct SessionOver {
  Error error;
};

/// The owner must have consented on a device.
struct ConsentWanted {
  Error error;
};

/// It may be better after a while. `error` is what to say when it never is.
struct Later {
  Error error;
  Cause cause = Cause::timeout;  ///< what the wait depends on
  std::optional<net::Delay> asked;
};

struct Refused {
  Error error;
};

}  // namespace verdict

using Verdict = std::variant<verdict::Good,
                             verdict::SessionOver,
                             verdict::ConsentWanted,
                             verdict::Later,
                             verdict::Refused>;

Verdict judge(const Result<net::Response>& answer);

/// The error that stands inside an answer of status 200: "serverErrorCode" and "reason".
std::optional<Error> error_in(const json::object& answer);

}  // namespace keepsake::source::icloud
