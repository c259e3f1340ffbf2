// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job/home.h"
#include "source/icloud/sign_in.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace keepsake::job {

/// `source sign-in NAME`, with a person at hand. False where it was signed in already. Causes:
/// invalid (no such source, or none to sign in to), and those of source::icloud::sign_in.
Result<bool> sign_in(Home& home,
                     const std::string& source,
                     const source::icloud::SignInWish& wish,
                     const source::icloud::FindPassword& ask_password,
                     const source::icloud::AskCode& ask_code,
                     const std::stop_token& stop);

/// How long a source's sign-in still holds; nothing where it needs none or it is not known.
std::optional<std::int64_t> sign_in_days_left(const Home& home, const std::string& source);

}  // namespace keepsake::job
