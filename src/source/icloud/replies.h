// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "net/http.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

/// Small answers, read as leniently as a browser does: what is missing or of another kind is as if
/// it were not there. In sources only.
namespace keepsake::source::icloud {

/// The object of that name; an empty one where there is none.
const nlohmann::json& part(const nlohmann::json& object, const char* name);

std::string text_in(const nlohmann::json& object, const char* name);
bool truth_in(const nlohmann::json& object, const char* name, bool otherwise);

inline constexpr std::string_view sign_in_service = "Apple's sign-in";

/// A failure that concerns the account as a whole.
Error problem(Cause cause, std::string what);

}  // namespace keepsake::source::icloud
