// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cause.h"

#include <array>
#include <utility>

namespace keepsake {

namespace {

constexpr std::array<std::pair<Cause, std::string_view>, 21> names{{
    {Cause::not_found, "not_found"},
    {Cause::offline, "offline"},
    {Cause::timeout, "timeout"},
    {Cause::throttled, "throttled"},
    {Cause::expired, "expired"},
    {Cause::refused, "refused"},
    {Cause::full, "full"},
    {Cause::corrupt, "corrupt"},
    {Cause::conflict, "conflict"},
    {Cause::unsupported, "unsupported"},
    {Cause::invalid, "invalid"},
    {Cause::cancelled, "cancelled"},
    {Cause::internal, "internal"},
    {Cause::absent, "absent"},
    {Cause::locked, "locked"},
    {Cause::wrong_password, "wrong_password"},
    {Cause::approval_needed, "approval_needed"},
    {Cause::denied, "denied"},
    {Cause::read_only, "read_only"},
    {Cause::changed, "changed"},
    {Cause::safety_stop, "safety_stop"},
}};

}  // namespace

std::string_view name(Cause cause) {
  for (const auto& [value, text] : names)
    if (value == cause) return text;
  return "internal";
}

std::optional<Cause> cause_named(std::string_view name) {
  for (const auto& [value, text] : names)
    if (text == name) return value;
  return std::nullopt;
}

}  // namespace keepsake
