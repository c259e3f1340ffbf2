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

/// How much is read: nothing (presence and sizes only), or a share from 0 to 1: of the files, least
/// recently verified first, or of a vault's packs. `packs_only` compares only the sums of packs,
/// where there are packs.
struct Amount {
  double share = 1;
  bool packs_only = false;

  [[nodiscard]] bool reads() const { return share > 0; }
};

struct Damage {
  std::string path;   ///< of a kept file; or what else it is: "pack 5e0c…", the sums of a tree
  std::string asset;  ///< its id; empty for what belongs to none
  Cause cause = Cause::corrupt;
  std::string message;  ///< what is wrong, where more is known than the cause
};

struct Progress {
  std::int64_t files_done = 0;
  ByteCount bytes_done;
  ByteCount bytes_total;  ///< 0 while it is not known
};

struct Report {
  std::int64_t checked = 0;
  ByteCount bytes_read;
  std::vector<Damage> damaged;  ///< wrong bytes or sizes
  std::vector<Damage> missing;
  bool records_damaged = false;  ///< the destination's own records do not tell what lies there
  std::vector<std::string> notes;
};

/// Causes: cancelled, absent, and what the catalog fails with.
Result<Report> verify(catalog::Catalog& catalog,
                      destination::Destination& destination,
                      std::int64_t row,
                      const Amount& amount,
                      const std::function<void(const Progress&)>& show_progress,
                      const std::stop_token& stop);

}  // namespace keepsake::verify
