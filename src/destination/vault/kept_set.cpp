// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/kept_set.h"

#include <set>
#include <string_view>

namespace keepsake::destination::in_vault {

namespace {

constexpr std::string_view catalog_tag = "catalog:";
constexpr std::size_t host_digits = 8;

/// As restic writes times, to the nanosecond.
std::string snapshot_time(Instant instant) {
  const auto fraction = (instant - std::chrono::floor<std::chrono::seconds>(instant)).count();
  const auto text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(instant));
  return fmt::format("{}.{:03}000000Z", text.substr(0, text.size() - 1), fraction);
}

}  // namespace

std::optional<vault::Snapshot> newest_of(std::span<const vault::Snapshot> snapshots,
                                         const Id128& catalog) {
  const auto tag = std::string(catalog_tag) + catalog.hex();
  const vault::Snapshot* newest = nullptr;
  for (const vault::Snapshot& snapshot : snapshots) {
    if (!snapshot.has_tag(tag)) continue;
    if (newest == nullptr || snapshot.instant() >= newest->instant()) newest = &snapshot;
  }
  return newest == nullptr ? std::nullopt : std::optional(*newest);
}

std::vector<Id128> catalogs_in(std::span<const vault::Snapshot> snapshots) {
  std::set<Id128> catalogs;
  for (const vault::Snapshot& snapshot : snapshots)
    for (const std::string& tag : snapshot.tags) {
      if (!tag.starts_with(catalog_tag)) continue;
      const auto id = Id128::from_hex(std::string_view(tag).substr(catalog_tag.size()));
      if (id) catalogs.insert(*id);
    }
  return {catalogs.begin(), catalogs.end()};
}

vault::Snapshot make_snapshot(const VaultIdentity& identity,
                              const vault::BlobId& tree,
                              std::span<const std::string> sources,
                              const std::optional<vault::Snapshot>& before,
                              Instant now) {
  vault::Snapshot snapshot;
  if (before) {
    snapshot.parent = before->id;
    const auto last = before->instant();
    if (last && *last >= now) now = *last + std::chrono::milliseconds(1);
  }
  snapshot.time = snapshot_time(now);
  snapshot.tree = tree;
  snapshot.paths = {"/photos", "/keepsake"};
  const auto catalog = identity.catalog.hex();
  snapshot.hostname = "keepsake-" + catalog.substr(0, host_digits);
  snapshot.tags = {"keepsake", std::string(catalog_tag) + catalog};
  for (const std::string& source : sources) snapshot.tags.push_back("source:" + source);
  return snapshot;
}

}  // namespace keepsake::destination::in_vault
