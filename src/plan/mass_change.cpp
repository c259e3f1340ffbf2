// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/mass_change.h"

#include <algorithm>

namespace keepsake::plan {

namespace {

constexpr std::int64_t most_at_once = 100;
constexpr std::int64_t fewest_that_count = 10;
constexpr std::int64_t most_percent = 5;

bool is_replaced(const photo::Account& account, const photo::History& file) {
  const photo::Version* current = file.current();
  if (file.role != photo::Role::original || current == nullptr || current->unavailable)
    return false;
  if (account.is_held(current->row)) return false;
  return std::any_of(file.versions.begin(), file.versions.end(), [&](const auto& version) {
    return account.is_held(version.row);
  });
}

}  // namespace

std::string_view name(Upset upset) {
  switch (upset) {
    case Upset::replaced:
      return "replaced";
    case Upset::quarantined:
      return "quarantined";
  }
  return "replaced";
}

std::optional<Upset> upset_of(const photo::Account& account, const std::vector<Target>& targets) {
  if (account.gone_at) {
    const bool leaves = std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
      return !misplaced(account, target.destination, target.on_source_delete).empty();
    });
    return leaves ? std::optional(Upset::quarantined) : std::nullopt;
  }
  const bool wanted = std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
    return !excluding_rule(account, target);
  });
  const bool replaced =
      std::any_of(account.files.begin(), account.files.end(), [&](const photo::History& file) {
        return is_replaced(account, file);
      });
  return wanted && replaced ? std::optional(Upset::replaced) : std::nullopt;
}

const photo::Version* perhaps_unchanged(const photo::History& original) {
  const photo::Version* current = original.current();
  if (current == nullptr || current->content || original.versions.size() < 2) return nullptr;
  const photo::Version& before = original.versions[original.versions.size() - 2];
  return before.content && before.content->size == current->size ? &before : nullptr;
}

bool is_mass_change(std::int64_t upset, std::int64_t assets) {
  if (upset > most_at_once) return true;
  return upset >= fewest_that_count && upset * 100 > assets * most_percent;
}

}  // namespace keepsake::plan
