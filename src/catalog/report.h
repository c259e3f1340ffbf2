// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Sums over the ledger, for `status` and for a run's last words.
namespace keepsake::catalog {

/// One version that a destination does not hold, named.
struct NotSafe {
  std::string asset;  ///< its id, raw bytes
  std::string name;
  std::string destination;
  Cause cause = Cause::absent;
  std::string message;
};

struct DestinationSum {
  std::string name;
  std::string kind;
  std::int64_t held = 0;  ///< renditions, current versions
  std::int64_t verified = 0;
  std::int64_t pending = 0;
  std::int64_t failed = 0;
  std::int64_t excluded = 0;
  ByteCount bytes;  ///< of the distinct contents held
  std::optional<Instant> last_success;
  std::optional<Instant> last_verified;
};

struct SourceSum {
  std::string name;
  std::string kind;
  std::int64_t assets = 0;
  std::optional<Instant> last_success;
};

struct Status {
  std::int64_t assets = 0;
  std::int64_t renditions = 0;
  std::int64_t at_risk = 0;  ///< assets with fewer than two restorable holdings of their original
  std::vector<SourceSum> sources;
  std::vector<DestinationSum> destinations;
};

Result<Status> status(Catalog& catalog);

/// Assets by what a run's destinations have of them; seen is the sum of the other four.
struct AssetSum {
  std::int64_t seen = 0;
  std::int64_t held = 0;
  std::int64_t pending = 0;
  std::int64_t failed = 0;
  std::int64_t excluded = 0;
};

Result<AssetSum> sum_assets(Catalog& catalog,
                            std::span<const std::int64_t> sources,
                            std::span<const std::int64_t> destinations);

/// Renditions held, pending, failed by one destination, of some sources.
Result<DestinationSum> sum_destination(Catalog& catalog,
                                       std::span<const std::int64_t> sources,
                                       std::int64_t destination);

Result<std::vector<NotSafe>> not_safe(Catalog& catalog,
                                      std::span<const std::int64_t> sources,
                                      std::span<const std::int64_t> destinations);

}  // namespace keepsake::catalog
