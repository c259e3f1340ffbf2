// SPDX-License-Identifier: GPL-3.0-or-later
#include "transfer/patience.h"

namespace keepsake::transfer {

namespace {

constexpr int most_in_a_row = 8;

/// Not of one file: the service itself is away, asks for patience, or wants its owner.
bool is_of_service(const Error& error) {
  const auto what_to_do = remedy(error.cause);
  return what_to_do == Remedy::retry_now || what_to_do == Remedy::ask_person;
}

}  // namespace

std::optional<Error> Patience::over(const Id128& source) {
  return failures_.with([&](const auto& failures) -> std::optional<Error> {
    const auto found = failures.find(source);
    if (found == failures.end() || found->second.in_a_row < most_in_a_row) return std::nullopt;
    return found->second.last;
  });
}

void Patience::note(const Id128& source, const std::optional<Error>& error) {
  failures_.with([&](auto& failures) {
    if (error && is_of_service(*error)) {
      auto& [in_a_row, last] = failures[source];
      ++in_a_row;
      last = *error;
    } else {
      failures.erase(source);
    }
  });
}

}  // namespace keepsake::transfer
