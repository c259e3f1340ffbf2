// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/candidate.h"

#include "job/places.h"

namespace keepsake::job {

namespace {

constexpr std::size_t page = 256;
constexpr std::size_t safe_copies = 2;

bool lacks(const photo::Account& account, const photo::Version& version, std::int64_t destination) {
  const photo::Standing* standing = account.in(destination);
  if (standing == nullptr) return true;
  if (standing->holds(version.row)) return false;
  const photo::Shortfall* shortfall = standing->shortfall_of(version.row);
  return shortfall == nullptr || shortfall->state != photo::Shortfall::State::excluded;
}

}  // namespace

std::size_t copies_of(const photo::Account& account) {
  std::size_t copies = 0;
  for (const photo::Standing& standing : account.standings)
    for (const photo::History& file : account.files) {
      const photo::Version* version = file.current();
      if (file.role == photo::Role::original && version != nullptr &&
          standing.holds(version->row)) {
        ++copies;
        break;
      }
    }
  return copies;
}

std::vector<std::string> missing_from(const photo::Account& account,
                                      const std::vector<NamedDestination>& destinations) {
  std::vector<std::string> names;
  for (const NamedDestination& destination : destinations)
    for (const photo::History& file : account.files)
      if (const photo::Version* version = file.current())
        if (lacks(account, *version, destination.row)) {
          names.push_back(destination.name);
          break;
        }
  return names;
}

Result<> each_matching(catalog::Catalog& catalog,
                       const config::Settings& settings,
                       const photo::Query& query,
                       Gone gone,
                       const std::function<Result<>(const photo::Account&)>& take) {
  for (const std::string& name : query.destinations_named())
    TRY(chosen_destinations(settings, {name}));
  std::vector<NamedDestination> destinations;
  const auto known = TRY(catalog.destinations());
  destinations.reserve(known.size());
  for (const catalog::Place& place : known) destinations.push_back({place.row, place.name});
  const bool with_gone = gone == Gone::included || query.asks_about_gone();
  std::int64_t last = 0;
  for (;;) {
    const auto accounts = TRY(catalog.accounts_after(last, page));
    if (accounts.empty()) return {};
    last = accounts.back().row;
    for (const photo::Account& account : accounts) {
      if (account.gone_at && !with_gone) continue;
      const auto missing = missing_from(account, destinations);
      const photo::Candidate candidate{account.asset,
                                       account.source_name,
                                       account.gone_at.has_value(),
                                       copies_of(account) < safe_copies,
                                       missing};
      if (query.matches(candidate)) TRY(take(account));
    }
  }
}

}  // namespace keepsake::job
