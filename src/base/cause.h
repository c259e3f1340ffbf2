// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace keepsake {

/// The few reasons that decide what happens next. A closed list: it is also the `cause` of every
/// message for scripts (docs/formats/json.md).
enum class Cause {
  not_found,
  offline,
  timeout,
  throttled,
  expired,
  refused,
  full,
  corrupt,
  conflict,
  unsupported,
  invalid,
  cancelled,
  internal,
  absent,
  locked,
  wrong_password,
  approval_needed,
  denied,
  read_only,
  changed,
  safety_stop,
};

/// What to do about a cause. One table for the whole program.
enum class Remedy { retry_now, retry_later, ask_person, skip_asset, stop_run };

constexpr Remedy remedy(Cause cause) {
  switch (cause) {
    case Cause::offline:
    case Cause::timeout:
    case Cause::throttled:
      return Remedy::retry_now;
    case Cause::expired:
    case Cause::refused:
    case Cause::full:
    case Cause::wrong_password:
    case Cause::denied:
    case Cause::approval_needed:
    case Cause::absent:
    case Cause::read_only:
    case Cause::safety_stop:
      return Remedy::ask_person;
    case Cause::not_found:
    case Cause::unsupported:
    case Cause::invalid:
      return Remedy::skip_asset;
    case Cause::conflict:
    case Cause::corrupt:
    case Cause::locked:
    case Cause::changed:
      return Remedy::retry_later;
    case Cause::cancelled:
    case Cause::internal:
      return Remedy::stop_run;
  }
  return Remedy::stop_run;
}

/// Whether a thing that was found, or looked for, is not what was kept: to be healed, not waited
/// for.
constexpr bool is_damage(Cause cause) {
  return cause == Cause::corrupt || cause == Cause::not_found;
}

/// The cause's name in records and messages, such as "not_found".
std::string_view name(Cause cause);

/// The cause of that name, or nothing.
std::optional<Cause> cause_named(std::string_view name);

}  // namespace keepsake
