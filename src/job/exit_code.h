// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace keepsake::job {

/// How the program ends, for scripts (docs/manual/exit-codes.md).
enum class ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  not_all_safe = 3,
  vault_missing = 10,
  vault_locked = 11,
  wrong_password = 12,
  other_run = 13,
  sign_in_needed = 20,
  approval_needed = 21,
  throttled = 22,
  destination_absent = 23,
  safety_stop = 24,
  damage_found = 25,
  interrupted = 130,
};

/// The code of an error that ended a verb, or kept a place from being opened.
constexpr ExitCode exit_code_of(const Error& error) {
  switch (error.cause) {
    case Cause::absent:
      return ExitCode::destination_absent;
    case Cause::locked:
      return error.scope == Scope::run ? ExitCode::other_run : ExitCode::vault_locked;
    case Cause::wrong_password:
      return ExitCode::wrong_password;
    case Cause::expired:
    case Cause::refused:
      return ExitCode::sign_in_needed;
    case Cause::approval_needed:
      return ExitCode::approval_needed;
    case Cause::throttled:
      return ExitCode::throttled;
    case Cause::safety_stop:
      return ExitCode::safety_stop;
    case Cause::cancelled:
      return ExitCode::interrupted;
    case Cause::invalid:
    case Cause::conflict:
    case Cause::unsupported:
      return error.scope == Scope::run ? ExitCode::usage : ExitCode::failed;
    case Cause::not_found:
      return error.scope == Scope::destination ? ExitCode::vault_missing : ExitCode::failed;
    case Cause::corrupt:
      return error.scope == Scope::destination ? ExitCode::damage_found : ExitCode::failed;
    case Cause::offline:
    case Cause::timeout:
      return error.scope == Scope::destination ? ExitCode::destination_absent : ExitCode::failed;
    case Cause::full:
    case Cause::internal:
    case Cause::denied:
    case Cause::read_only:
    case Cause::changed:
      return ExitCode::failed;
  }
  return ExitCode::failed;
}

/// An error in how the program was asked: exit code 2.
template <class... Args>
tl::unexpected<Error> misuse(fmt::format_string<Args...> what, Args&&... args) {
  return fail(
      Error{Cause::invalid, fmt::format(what, std::forward<Args>(args)...), {}, Scope::run});
}

}  // namespace keepsake::job
