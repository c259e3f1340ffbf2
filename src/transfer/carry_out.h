// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/guarded.h"
#include "catalog/catalog.h"
#include "destination/destination.h"
#include "plan/backup.h"
#include "source/source.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// Carries plans out: each version is read once and fed to every destination that lacks it, hashed
/// on the way. A photo that fails is an outcome beside the others; a destination that fails leaves
/// the run alone; memory is bounded by the number of workers.
namespace keepsake::transfer {

class Adoption;

/// A destination of the run and the session that writes to it. It fails once, for the whole run.
class Lane {
 public:
  Lane(plan::Target target, destination::Session& session)
      : target_(std::move(target)), session_(session) {}

  [[nodiscard]] const plan::Target& target() const { return target_; }

  [[nodiscard]] destination::Session& session() const { return session_; }

  /// What is stored there and becomes held with the session's next snapshot, or when it is closed:
  /// then it is to be recorded in the ledger.
  [[nodiscard]] catalog::Progress& awaiting() { return awaiting_; }

  /// Why it takes nothing more in this run; nothing while it does.
  std::optional<Error> failure() {
    return failure_.with([](const auto& error) { return error; });
  }

  void give_up(const Error& error) {
    failure_.with([&](auto& known) {
      if (!known) known = error;
    });
  }

 private:
  plan::Target target_;
  destination::Session& session_;
  catalog::Progress awaiting_;
  Guarded<std::optional<Error>> failure_;
};

/// What the run can read from: its sources by id, every destination that is there by its row, and
/// files that may be taken instead of a download.
struct Supplies {
  std::map<Id128, source::Source*> sources;
  std::map<std::int64_t, destination::Destination*> destinations;
  Adoption* adoption = nullptr;
};

struct Progress {
  std::int64_t assets_done = 0;
  std::int64_t assets_total = 0;
  ByteCount bytes_done;
  ByteCount bytes_total;
  std::string current;  ///< name of the asset last finished
};

using ShowProgress = std::function<void(const Progress&)>;

/// What a run moved.
struct Tally {
  std::int64_t renditions_fetched = 0;
  ByteCount bytes_fetched;
  std::int64_t renditions_adopted = 0;  ///< of those: taken from files at hand, not downloaded
  ByteCount bytes_adopted;
  std::int64_t healed = 0;  ///< damaged files made whole again
};

/// How the work is decided, asset by asset.
using PlanAsset = std::function<plan::AssetPlan(const photo::Account&, const std::string& tag)>;

struct Orders {
  plan::HomeZone home;
  /// Decides what to do for an asset; names are reserved before it is asked.
  PlanAsset plan_asset;
  bool reserve_names = true;
  catalog::Owed owed;
  ShowProgress show_progress;
};

/// The work must have been gathered in the catalog (Catalog::gather_owed or gather_damaged).
/// Causes: cancelled, and what the catalog fails with; all else becomes an outcome or ends a lane.
Result<Tally> carry_out(catalog::Catalog& catalog,
                        const Supplies& supplies,
                        std::span<Lane* const> lanes,
                        const Orders& orders,
                        const std::stop_token& stop);

}  // namespace keepsake::transfer
