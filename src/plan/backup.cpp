// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/backup.h"

#include "base/path.h"
#include "photo/quarantine.h"
#include "plan/names.h"

#include <algorithm>
#include <set>

namespace keepsake::plan {

namespace {

using photo::Account;
using photo::History;
using photo::KeptFile;
using photo::Shortfall;
using photo::Standing;
using photo::Version;

constexpr std::string_view versions_folder = ".keepsake/versions/";
constexpr std::size_t first_tag_digits = 6;
constexpr std::size_t folder_tag_digits = 16;

/// Where the rendition lies, or is to lie: not where older versions were put aside, nor in
/// quarantine.
const KeptFile* main_place(const Standing* standing, std::int64_t rendition) {
  if (standing == nullptr) return nullptr;
  for (const KeptFile& file : standing->files)
    if (file.rendition == rendition && !is_put_aside(file) && !photo::is_in_quarantine(file.path))
      return &file;
  return nullptr;
}

std::string month_of(const photo::Asset& asset, const HomeZone& home) {
  if (!asset.taken) return "undated";
  const auto day = std::chrono::floor<std::chrono::days>(wall_of(asset.taken->time, home));
  const std::chrono::year_month_day date{day};
  return fmt::format(
      "{:04}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
}

photo::Rendition rendition_of(const History& file) {
  photo::Rendition rendition;
  rendition.role = file.role;
  rendition.key = file.key;
  rendition.name = file.name;
  return rendition;
}

/// Every path that the asset's files would take under this stem.
std::vector<NameDecision::Path> paths_under(const Account& account,
                                            const Standing* standing,
                                            const photo::Naming& naming) {
  std::vector<NameDecision::Path> paths;
  for (const History& file : account.files) {
    if (file.current() == nullptr || main_place(standing, file.row) != nullptr) continue;
    paths.push_back(
        {file.row,
         naming.folder + "/" + member_name(naming.stem, rendition_of(file), account.asset)});
  }
  return paths;
}

Result<bool> all_free(const std::vector<NameDecision::Path>& paths,
                      std::int64_t destination,
                      const IsTaken& is_taken) {
  std::set<std::string> own;
  for (const NameDecision::Path& path : paths) {
    if (!own.insert(clash_key(path.path)).second) return false;
    const bool taken = TRY(is_taken(destination, path.path));
    if (taken) return false;
  }
  return true;
}

/// `.keepsake/versions/<asset>/<role>.<seq>.<ext>`; a second file of one role is `<role>-2`.
std::string aside_path(const Account& account,
                       const History& file,
                       const Version& version,
                       std::string_view tag) {
  int ordinal = 1;
  for (const History& other : account.files)
    if (other.role == file.role && other.key < file.key) ++ordinal;
  auto path =
      fmt::format("{}{}/{}", versions_folder, tag.substr(0, folder_tag_digits), name(file.role));
  if (ordinal > 1) path += fmt::format("-{}", ordinal);
  path += fmt::format(".{}", version.seq);
  const auto extension = portable_extension(extension_of(file.name));
  return extension.empty() ? path : path + "." + extension;
}

std::string why_unavailable(Cause cause) {
  switch (cause) {
    case Cause::absent:
      return "the file is a placeholder: its bytes are only in the cloud. Let them be downloaded "
             "there, then run the backup again";
    case Cause::not_found:
      return "its library says the file is there, but it is missing";
    case Cause::invalid:
      return "the file is empty or holds nothing but zeros; there is nothing to keep";
    default:
      return "the file could not be looked into; the next backup tries again";
  }
}

/// Nothing failed where there is nothing to be had yet.
Shortfall::State state_of_unavailable(Cause cause) {
  const bool waits = cause == Cause::absent || cause == Cause::not_found || cause == Cause::invalid;
  return waits ? Shortfall::State::pending : Shortfall::State::failed;
}

/// Gone from its source before anything of it was kept anywhere.
bool is_lost(const Account& account) {
  if (!account.gone_at) return false;
  return std::none_of(account.files.begin(), account.files.end(), [&](const History& file) {
    return file.current() != nullptr && account.is_held(file.current()->row);
  });
}

/// Whether any of its files can be brought somewhere now. What it is called is better decided then:
/// of a photo that could not be looked into, nobody knows when it was taken.
bool has_bytes(const Account& account) {
  return std::any_of(account.files.begin(), account.files.end(), [&](const History& file) {
    const Version* const version = file.current();
    return version != nullptr && (!version->unavailable || account.is_held(version->row));
  });
}

const Version* version_with_row(const History& file, std::optional<std::int64_t> row) {
  for (const Version& version : file.versions)
    if (row == version.row) return &version;
  return nullptr;
}

/// One run of the plan over one asset.
class Planner {
 public:
  Planner(const Account& account, const HomeZone& home, std::string_view tag)
      : account_(account), home_(home), tag_(tag) {}

  AssetPlan run(const std::vector<Target>& targets) {
    for (std::size_t i = 0; i < account_.files.size(); ++i) {
      const Version* const version = account_.files[i].current();
      if (version != nullptr) plan_file(i, *version, targets);
    }
    return std::move(plan_);
  }

 private:
  void plan_file(std::size_t index, const Version& version, const std::vector<Target>& targets) {
    const History& file = account_.files[index];
    const bool held = account_.is_held(version.row);
    const bool is_there = !account_.gone_at.has_value();
    Step step{index, file.versions.size() - 1, is_there && !version.unavailable, {}};
    for (const Target& target : targets) {
      const Standing* standing = account_.in(target.destination);
      if (standing != nullptr && standing->holds(version.row)) continue;
      if (const auto rule = excluding_rule(account_, target)) {
        unheld(target, version, Shortfall::State::excluded, Cause::not_found, *rule);
      } else if (!is_there && (!held || is_not_for(standing, target))) {
        unheld(target, version, Shortfall::State::excluded, Cause::not_found, "gone");
      } else if (version.unavailable && !held) {
        unheld(target,
               version,
               state_of_unavailable(*version.unavailable),
               *version.unavailable,
               why_unavailable(*version.unavailable));
      } else if (const KeptFile* place = place_for(standing, file.row, version.row)) {
        step.deliveries.push_back(delivery(file, version, *place, target.destination));
      }
    }
    if (!step.deliveries.empty()) plan_.steps.push_back(std::move(step));
  }

  /// What is gone is not brought to a destination that would put it into quarantine.
  static bool is_not_for(const Standing* standing, const Target& target) {
    const bool named = standing != nullptr && standing->naming;
    return !named && target.on_source_delete == OnSourceDelete::quarantine;
  }

  /// A damaged file is healed where it lies, also in quarantine.
  const KeptFile* place_for(const Standing* standing,
                            std::int64_t rendition,
                            std::int64_t version) const {
    const KeptFile* damaged = standing == nullptr ? nullptr : standing->file_of(version);
    if (account_.gone_at && damaged != nullptr && photo::is_in_quarantine(damaged->path))
      return damaged;
    return main_place(standing, rendition);
  }

  Delivery delivery(const History& file,
                    const Version& version,
                    const KeptFile& place,
                    std::int64_t destination) const {
    Delivery delivery;
    delivery.destination = destination;
    delivery.path = place.path;
    delivery.file_time = file_time(account_.asset, version.modified, home_);
    delivery.heals = place.damaged;
    const Version* older = version_with_row(file, place.version);
    if (older != nullptr && older->row != version.row && !place.damaged) {
      delivery.puts_aside = older->row;
      delivery.aside = aside_path(account_, file, *older, tag_);
    }
    return delivery;
  }

  void unheld(const Target& target,
              const Version& version,
              Shortfall::State state,
              Cause cause,
              std::string message) {
    plan_.unheld.push_back(
        {target.destination, {version.row, state, cause, std::move(message), 0}});
  }

  const Account& account_;
  const HomeZone& home_;
  std::string_view tag_;
  AssetPlan plan_;
};

}  // namespace

bool is_put_aside(const photo::KeptFile& file) { return file.path.starts_with(versions_folder); }

std::optional<std::string> excluding_rule(const Account& account, const Target& target) {
  const auto& sources = target.sources;
  if (!sources.empty() &&
      std::find(sources.begin(), sources.end(), account.source_name) == sources.end())
    return "sources";
  const photo::Candidate candidate{account.asset, account.source_name, account.gone_at.has_value()};
  for (const photo::Query& rule : target.exclude)
    if (rule.matches(candidate)) return rule.text();
  return std::nullopt;
}

Result<std::optional<NameDecision>> decide_names(const photo::Account& account,
                                                 const Target& target,
                                                 const HomeZone& home,
                                                 std::string_view tag,
                                                 const IsTaken& is_taken) {
  if (excluding_rule(account, target) || is_lost(account) || !has_bytes(account))
    return std::nullopt;
  const Standing* standing = account.in(target.destination);
  NameDecision decision;
  decision.destination = target.destination;
  const bool named = standing != nullptr && standing->naming;
  if (account.gone_at && !named && target.on_source_delete == OnSourceDelete::quarantine)
    return std::nullopt;
  if (named) {
    decision.naming = *standing->naming;
  } else {
    decision.naming.folder = target.layout.folder(account.asset, account.source_name, home);
    decision.naming.stem = stem_for(account.asset);
    decision.naming.month = month_of(account.asset, home);
  }
  const photo::Naming plain = decision.naming;
  for (std::size_t digits = 0; digits <= tag.size(); digits += digits == 0 ? first_tag_digits : 2) {
    photo::Naming naming = plain;
    if (digits > 0) naming.stem = tagged_stem(plain.stem, tag, digits);
    decision.paths = paths_under(account, standing, naming);
    if (decision.paths.empty()) return std::nullopt;
    const bool free = TRY(all_free(decision.paths, target.destination, is_taken));
    if (!free) continue;
    // A later file that clashes takes a tag of its own; the asset's name stays.
    if (!named) decision.naming = naming;
    return decision;
  }
  return fail(Cause::conflict, "every name for it is taken in {}", target.name);
}

AssetPlan plan_backup(const photo::Account& account,
                      const std::vector<Target>& targets,
                      const HomeZone& home,
                      std::string_view tag) {
  return Planner(account, home, tag).run(targets);
}

bool wants(const photo::Account& account, std::string_view key, const Target& target) {
  const Standing* standing = account.in(target.destination);
  for (const History& file : account.files) {
    const Version* version = file.current();
    if (file.key != key || version == nullptr || version->unavailable) continue;
    if (account.gone_at &&
        (!account.is_held(version->row) || target.on_source_delete == OnSourceDelete::quarantine))
      continue;
    if (standing != nullptr && standing->holds(version->row)) continue;
    return !excluding_rule(account, target);
  }
  return false;
}

AssetPlan plan_repair(const photo::Account& account, std::int64_t destination) {
  AssetPlan plan;
  const Standing* standing = account.in(destination);
  if (standing == nullptr) return plan;
  for (const KeptFile& kept : standing->files) {
    if (!kept.damaged) continue;
    for (std::size_t i = 0; i < account.files.size(); ++i) {
      const History& file = account.files[i];
      const Version* version = version_with_row(file, kept.version);
      if (version == nullptr) continue;
      Delivery delivery{destination, kept.path, kept.file_time, true, std::nullopt, std::nullopt};
      const bool at_source = !account.gone_at && file.current() == version;
      plan.steps.push_back({i,
                            static_cast<std::size_t>(version - file.versions.data()),
                            at_source,
                            {std::move(delivery)}});
    }
  }
  return plan;
}

bool is_settled(const photo::Account& account, std::int64_t destination) {
  const Standing* standing = account.in(destination);
  for (const History& file : account.files) {
    const Version* version = file.current();
    if (version == nullptr) continue;
    if (standing == nullptr) return false;
    if (standing->holds(version->row)) continue;
    const Shortfall* shortfall = standing->shortfall_of(version->row);
    if (shortfall == nullptr || shortfall->state != Shortfall::State::excluded) return false;
  }
  return true;
}

}  // namespace keepsake::plan
