// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "destination/destination.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

/// Reads back what a destination holds and compares it with what was promised. It repairs nothing:
/// what it finds is noted in the ledger as damaged, and owed again.
namespace keepsake::verify {

/// How much is read: nothing (presence and sizes only), or the share of files, least recently
/// verified first, from 0 to 1.
struct Amount {
  double share = 1;

  [[nodiscard]] bool reads() const { return share > 0; }
};

struct Damage {
  std::string path;
  std::string asset;  ///< its id; empty for what belongs to none, such as the sums
  Cause cause = Cause::corrupt;
};

struct Progress {
  std::int64_t files_done = 0;
  ByteCount bytes_done;
};

struct Report {
  std::int64_t checked = 0;
  ByteCount bytes_read;
  std::vector<Damage> damaged;  ///< wrong bytes or sizes
  std::vector<Damage> missing;
  bool records_damaged = false;  ///< the tree's own manifests or sums do not tell what lies there
  std::vector<std::string> notes;
};

/// Causes: cancelled, absent, and what the catalog fails with.
Result<Report> verify(catalog::Catalog& catalog,
                      destination::Destination& destination,
                      std::int64_t row,
                      const Amount& amount,
                      const std::function<void(const Progress&)>& show_progress,
                      std::stop_token stop);

}  // namespace keepsake::verify
