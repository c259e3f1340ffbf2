// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "photo/account.h"
#include "plan/backup.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// When a source looks ransomed, emptied, or is the wrong folder: a run that would put many kept
/// photos aside is not begun before a person has looked.
namespace keepsake::plan {

/// What would happen to a photo that is kept.
enum class Upset { replaced, quarantined };

/// As it stands in messages for scripts.
std::string_view name(Upset upset);

/// What a run with these targets would do to the photo; nothing when it stays as it is. What some
/// destination has taken once was let through then, and does not count again.
std::optional<Upset> upset_of(const photo::Account& account, const std::vector<Target>& targets);

/// The version before a replaced original, where the new one may hold the same bytes still, only
/// touched at the source: as long, and not read yet.
const photo::Version* perhaps_unchanged(const photo::History& original);

/// Whether so many of a source's photos are more than what happens by itself.
bool is_mass_change(std::int64_t upset, std::int64_t assets);

}  // namespace keepsake::plan
