// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "transfer/fetch.h"

#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace keepsake::transfer {

/// Makes finished work durable in batches: first at the destinations, then in the ledger. For one
/// thread.
class Recorder {
 public:
  Recorder(catalog::Catalog& catalog, std::span<Lane* const> lanes, Guarded<Tally>& tally)
      : catalog_(catalog), lanes_(lanes), tally_(tally) {}

  /// Notes one asset's work; commits when enough has come together.
  Result<> take(Done done);

  /// Commits what is waiting.
  Result<> commit();

 private:
  using StoredKey = std::pair<std::int64_t, std::int64_t>;  // destination, version

  bool can_commit(Lane& lane) const;
  Result<> commit_lane(Lane& lane);
  void settle(Lane& lane);
  static std::vector<StoredKey> stored_of(const Done& done);
  void sort_out(Lane& lane, catalog::Progress& progress) const;
  static void forget_lane(std::int64_t destination, catalog::Progress& progress);
  void note(Done& done, catalog::Progress& progress);
  void note_delivery(Done& done, const Delivered& delivered, catalog::Progress& progress);
  void note_touches(Done& done, catalog::Progress& progress);
  void note_standing(Done& done, Lane& lane, catalog::Progress& progress);
  const destination::Stored* stored_in(std::int64_t destination, std::int64_t version) const;

  catalog::Catalog& catalog_;
  std::span<Lane* const> lanes_;
  Guarded<Tally>& tally_;
  std::vector<Done> waiting_;
  ByteCount waiting_bytes_;
  std::size_t waiting_files_ = 0;
  /// What lanes stored and is not noted yet: a commit also takes files whose asset is still on its
  /// way here, and they must be known when it comes.
  std::map<StoredKey, destination::Stored> stored_;
  std::vector<std::pair<Lane*, std::vector<records::FileRecord>>> described_;
  std::set<Lane*> broken_;          ///< lanes that a commit failed on
  std::set<const Lane*> not_held_;  ///< lanes whose stored files are not all held yet
};

}  // namespace keepsake::transfer
