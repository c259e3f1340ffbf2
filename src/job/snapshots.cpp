// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/snapshots.h"

#include "job/exit_code.h"
#include "job/places.h"
#include "photo/wall_range.h"

namespace keepsake::job {

namespace {

constexpr std::size_t fewest_digits = 4;

/// The moment after which a snapshot is too new; nothing when the text is no day.
Result<std::optional<Instant>> end_of_day(const Home& home, const std::string& text) {
  constexpr std::size_t day_letters = 10;  // 2024-05-01
  if (text.size() != day_letters) return std::nullopt;
  const auto range = photo::parse_wall_range(text);
  if (!range) return std::nullopt;
  const auto zone = TRY(home.zone());
  return zone.instant(range->end);
}

bool is_id_prefix(const std::string& text) {
  return text.size() >= fewest_digits &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<vault::Snapshot> of_id(const std::vector<vault::Snapshot>& all, const std::string& prefix) {
  std::vector<vault::Snapshot> found;
  for (const vault::Snapshot& snapshot : all)
    if (snapshot.id.hex().starts_with(prefix)) found.push_back(snapshot);
  if (found.size() == 1) return found.front();
  if (found.empty())
    return fail(
        Error{Cause::invalid, fmt::format("no snapshot is called '{}'", prefix), {}, Scope::run});
  return misuse("several snapshots begin with '{}'; give more digits", prefix);
}

}  // namespace

Result<SnapshotList> list_snapshots(const Home& home, const std::string& destination) {
  const auto chosen = TRY(chosen_destinations(home.settings(), {destination}));
  if (chosen.front().kind != config::DestinationKind::vault)
    return misuse("'{}' is a folder tree; only vaults have snapshots", destination);
  const auto vault = TRY(open_vault(home, chosen.front()));
  SnapshotList list;
  list.snapshots = TRY(vault->snapshots().map_error(of_vault(chosen.front())));
  list.notes = vault->take_warnings();
  if (vault->unreadable_snapshot()) list.exit_code = ExitCode::damage_found;
  return list;
}

Result<vault::Snapshot> choose_snapshot(const Home& home,
                                        destination::Vault& vault,
                                        const std::optional<std::string>& at) {
  const auto all = TRY(vault.snapshots());
  if (all.empty())
    return fail(Error{Cause::invalid,
                      "the vault has no snapshot, so there is nothing to restore",
                      {},
                      Scope::run});
  const auto newest = TRY(vault.newest_of_ours());
  if (!at || *at == "latest") return newest.value_or(all.back());
  const auto end = TRY(end_of_day(home, *at));
  if (!end) {
    if (is_id_prefix(*at)) return of_id(all, *at);
    return misuse("--at takes a day such as 2024-05-01, or a snapshot's id; not '{}'", *at);
  }
  const auto& catalog = home.settings().catalog;
  const auto ours = [&](const vault::Snapshot& snapshot) {
    return !newest || (catalog && snapshot.has_tag("catalog:" + catalog->hex()));
  };
  std::optional<vault::Snapshot> found;
  for (const vault::Snapshot& snapshot : all) {
    const auto time = snapshot.instant();
    if (time && *time < *end && ours(snapshot)) found = snapshot;
  }
  if (!found) return misuse("there is no snapshot as old as {}", *at);
  return *std::move(found);
}

}  // namespace keepsake::job
