// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/account.h"
#include "photo/query.h"
#include "plan/home_zone.h"
#include "plan/layout.h"
#include "plan/quarantine.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Decisions, one asset at a time; nothing here reads a disk, a clock or the catalog. A dry run is
/// the plan printed.
namespace keepsake::plan {

/// A destination of the run, as a plan sees it.
struct Target {
  std::int64_t destination = 0;
  std::string name;
  Layout layout = Layout::standard();
  std::vector<photo::Query> exclude;
  std::vector<std::string> sources;  ///< those it takes; all when empty
  OnSourceDelete on_source_delete = OnSourceDelete::keep;
};

/// Whether an older version was put aside there, to make room for a newer one.
bool is_put_aside(const photo::KeptFile& file);

/// The rule that keeps the asset out of the target; nothing when none does.
std::optional<std::string> excluding_rule(const photo::Account& account, const Target& target);

/// Names to be reserved before anything is written.
struct NameDecision {
  std::int64_t destination = 0;
  photo::Naming naming;

  struct Path {
    std::int64_t rendition = 0;
    std::string path;
  };

  std::vector<Path> paths;
};

/// Whether a place in a destination is taken: by an asset of ours, or by a file that is not ours.
using IsTaken = std::function<Result<bool>(std::int64_t destination, const std::string& path)>;

/// Decides what the asset's current files are called in the target, as far as that is open. The
/// naming stays the one it had; `tag` (hexadecimal) tells its name from an equal one of another
/// asset. Nothing when all is decided, or nothing is to be kept there, or nothing can be yet.
Result<std::optional<NameDecision>> decide_names(const photo::Account& account,
                                                 const Target& target,
                                                 const HomeZone& home,
                                                 std::string_view tag,
                                                 const IsTaken& is_taken);

/// One file to bring to one destination.
struct Delivery {
  std::int64_t destination = 0;
  std::string path;
  Instant file_time{};
  bool heals = false;                      ///< a damaged file lies there
  std::optional<std::int64_t> puts_aside;  ///< the older version lying there
  std::optional<std::string> aside;        ///< where that goes
};

/// One version to fetch once and deliver everywhere it is lacking.
struct Step {
  std::size_t file = 0;     ///< index into Account::files
  std::size_t version = 0;  ///< index into History::versions
  bool from_source = true;  ///< else only another destination still has it
  std::vector<Delivery> deliveries;
};

struct AssetPlan {
  struct Unheld {
    std::int64_t destination = 0;
    photo::Shortfall shortfall;
  };

  std::vector<Step> steps;
  std::vector<Unheld> unheld;  ///< what cannot be kept now, and what a rule excludes
};

/// What is to be done so that the targets hold the asset's current versions. Names must be decided.
AssetPlan plan_backup(const photo::Account& account,
                      const std::vector<Target>& targets,
                      const HomeZone& home,
                      std::string_view tag);

/// Whether the target lacks this current file of the asset and wants it: a dry run asks before any
/// name is decided.
bool wants(const photo::Account& account, std::string_view key, const Target& target);

/// What is to be done so that one destination's damaged files of this asset are whole again, in
/// every version that lies there.
AssetPlan plan_repair(const photo::Account& account, std::int64_t destination);

/// Whether every current version is held, or excluded by a rule, in this destination.
bool is_settled(const photo::Account& account, std::int64_t destination);

}  // namespace keepsake::plan
