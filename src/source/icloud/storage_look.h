// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/access.h"
#include "source/icloud/web.h"
#include "source/source.h"

#include <optional>
#include <stop_token>
#include <string_view>

namespace keepsake::source::icloud {

/// How much room the account has left. Photos that find none stay on the phone, where no backup of
/// iCloud reaches them.
enum class Room { plenty, little, none };

/// Reads what the storage service says; nothing where it says nothing of it.
std::optional<Room> room_in(std::string_view body);

/// Once a day, warns of an account whose storage is full. Whatever goes wrong with that question
/// matters to nobody. Causes: cancelled, and those of the ledger.
Result<> look_at_storage(
    Web& web, Access& access, Changes& changes, Instant now, const std::stop_token& stop);

}  // namespace keepsake::source::icloud
