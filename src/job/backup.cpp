// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/backup.h"

#include "base/log.h"
#include "base/promised.h"
#include "job/places.h"
#include "job/quarantine.h"
#include "job/run_places.h"
#include "photo/quarantine.h"
#include "plan/names.h"
#include "transfer/adoption.h"
#include "transfer/follow_moves.h"

#include <nlohmann/json.hpp>

namespace keepsake::job {

namespace {

/// A source of the run: configured, known to the ledger, and open unless it could not be.
struct OpenSource {
  config::Source settings;
  std::int64_t row = 0;
  std::unique_ptr<source::Source> source;
  std::int64_t ignored = 0;
};

class Backup {
 public:
  Backup(Home& home,
         catalog::Catalog& catalog,
         const BackupOptions& options,
         const BackupWatcher& watcher,
         std::stop_token stop)
      : home_(home),
        catalog_(catalog),
        options_(options),
        watcher_(watcher),
        stop_(std::move(stop)) {}

  /// The story of a backup.
  Result<BackupReport> run() {
    const auto origins = TRY(chosen_origins(home_.settings(), options_.sources));
    const auto sources = TRY(sources_beside(origins));
    const auto destinations = TRY(destinations_beside(origins));
    TRY(refuse_overlap(sources, destinations));
    adopted_folders_ = TRY(open_folders_to_adopt(options_.adopt, home_.settings().destinations));
    TRY(own_catalog(home_));
    report_.run = TRY(catalog_.begin_run("backup"));
    places_ = TRY(open_destinations(home_, destinations));
    origins_ = TRY(open_destinations(home_, origins));
    TRY(get_to_know_places(places_));
    TRY(get_to_know_places(origins_));
    TRY(note_sources(sources));
    TRY(stop_if_nothing_opened());
    TRY(look_at_what_to_adopt());
    if (!options_.accept_changes) TRY(stop_where_too_much_changed());
    TRY(options_.dry_run ? show_plan() : keep_what_is_owed());
    TRY(stop_if_nothing_took_part());
    TRY(sum_up());
    return std::move(report_);
  }

 private:
  /// What destinations hold is copied without a look at any source.
  Result<std::vector<config::Source>> sources_beside(
      const std::vector<config::Destination>& origins) const {
    if (!origins.empty()) return std::vector<config::Source>{};
    return chosen_sources(home_.settings(), options_.sources);
  }

  /// Where it is brought to: never where it comes from.
  Result<std::vector<config::Destination>> destinations_beside(
      const std::vector<config::Destination>& origins) const {
    auto chosen = TRY(chosen_destinations(home_.settings(), options_.destinations));
    std::erase_if(chosen, [&](const config::Destination& it) {
      return std::find(origins.begin(), origins.end(), it) != origins.end();
    });
    if (chosen.empty() && !origins.empty())
      return misuse("where to? Name another destination: keepsake backup {} --to DEST",
                    origins.front().name);
    return chosen;
  }

  Result<> get_to_know_places(std::vector<OpenDestination>& places) {
    for (OpenDestination& place : places) {
      if (!place.destination) continue;
      auto known = get_to_know(home_, place, stop_);
      if (known) continue;
      if (known.error().cause == Cause::cancelled) return known;
      place.error = known.error();
      place.destination.reset();
    }
    return {};
  }

  /// What changed at the sources goes into the ledger; a source that cannot be read is named.
  Result<> note_sources(const std::vector<config::Source>& chosen) {
    for (const config::Source& settings : chosen) {
      OpenSource source{settings, 0, nullptr, 0};
      source.row = TRY(catalog_.know_source(
          {0, settings.id, settings.name, std::string(config::name(settings.kind))}));
      auto opened = open_source(home_, settings);
      if (!opened) {
        name_unsafe(settings.name, {}, opened.error());
        continue;
      }
      source.source = *std::move(opened);
      const auto noted = note_changes(*source.source, catalog_, source.row, watcher_.look, stop_);
      if (!noted && (noted.error().cause == Cause::cancelled || noted.error().scope == Scope::run))
        return fail(noted.error());
      if (!noted) {
        report_.requests += source.source->requests();
        name_unsafe(settings.name, {}, noted.error());
        continue;
      }
      TRY(transfer::follow_moves(catalog_, source.row, *source.source, stop_));
      if (watcher_.warning)
        for (const std::string& message : noted->warnings) watcher_.warning(settings.name, message);
      source.ignored = noted->ignored;
      report_.ignored += noted->ignored;
      for (const auto& unreadable : noted->unreadable)
        name_unsafe(unreadable.path, {}, unreadable.error);
      sources_.push_back(std::move(source));
    }
    return {};
  }

  Result<> stop_if_nothing_opened() {
    const bool has_target = TRY(is_any_open(places_));
    const bool has_origin = TRY(is_any_open(origins_));
    if (has_target && (has_origin || !sources_.empty())) return {};
    return fail(promised(first_error_, "what could not be opened has a cause"));
  }

  /// Those that are not are named.
  Result<bool> is_any_open(const std::vector<OpenDestination>& places) {
    bool any = false;
    for (const OpenDestination& place : places) {
      if (place.destination) any = true;
      if (place.error && place.error->scope == Scope::run) return fail(*place.error);
      if (place.error) name_unsafe({}, place.settings.name, *place.error);
    }
    return any;
  }

  Result<> look_at_what_to_adopt() {
    if (adopted_folders_.empty()) return {};
    const auto warn = [this](const std::filesystem::path& folder, const Error& error) {
      if (watcher_.warning) watcher_.warning(folder.string(), error.message());
    };
    const bool any_is_far = std::any_of(
        sources_.begin(), sources_.end(), [](const auto& it) { return it.source->is_far(); });
    if (!any_is_far)
      warn(adopted_folders_.front()->where(),
           {Cause::unsupported,
            "nothing was looked for there: no source of this run is downloaded; only those of "
            "iCloud are",
            {},
            Scope::asset});
    if (any_is_far)
      adoption_ = TRY(transfer::Adoption::look(catalog_, std::move(adopted_folders_), warn, stop_));
    return {};
  }

  Result<> stop_where_too_much_changed() {
    std::vector<plan::Target> targets;
    for (const OpenDestination& place : places_)
      if (place.destination) targets.push_back(target_of(place.settings, place.row));
    std::vector<WatchedSource> sources;
    sources.reserve(sources_.size());
    for (const OpenSource& source : sources_) sources.push_back({source.row, source.source.get()});
    return stop_at_mass_change(catalog_, sources, targets, watcher_.upset, stop_);
  }

  Result<> keep_what_is_owed() {
    for (OpenDestination& place : places_)
      if (place.destination) TRY(begin_session(home_, place));
    TRY(put_in_place());
    const auto rows = TRY(source_rows());
    const auto owed = TRY(catalog_.gather_owed(rows, open_rows()));
    if (owed.assets > 0) TRY(warn_where_room_is_short());
    if (owed.assets > 0) TRY(carry_out(owed));
    TRY(show_albums());
    for (OpenDestination& place : places_) {
      if (!place.destination) continue;  // named already
      TRY(close_session(home_, place));
      if (place.error) name_unsafe({}, place.settings.name, *place.error);
      if (!place.error) TRY(catalog_.note_destination_success(place.row));
    }
    for (const OpenSource& source : sources_)
      TRY(catalog_.note_source_success(source.row, source.ignored));
    return {};
  }

  /// Told before hours of downloads, not after. What fits is brought all the same.
  Result<> warn_where_room_is_short() {
    for (const OpenDestination& place : places_) {
      if (!place.destination || place.error || !watcher_.warning) continue;
      const auto free = place.destination->free_space();
      if (!free || !*free) continue;  // whoever cannot say it now may take it all the same
      const auto lacking = TRY(catalog_.bytes_lacking(place.row));
      if (lacking <= **free) continue;
      watcher_.warning(place.settings.name,
                       fmt::format("up to {} are to come here and {} are free, so not all photos "
                                   "may fit. What fits is kept; make room or use a larger place",
                                   readable(lacking),
                                   readable(**free)));
    }
    return {};
  }

  /// What is gone leaves its place where its owner wants that, and what came back returns to it.
  Result<> put_in_place() {
    if (!origins_.empty()) return {};
    const auto rows = TRY(source_rows());
    for (OpenDestination& place : places_)
      if (place.destination && !place.error) TRY(job::put_in_place(home_, place, rows, stop_));
    return {};
  }

  /// A run in which every destination refused to be written did nothing.
  Result<> stop_if_nothing_took_part() {
    for (const OpenDestination& place : places_)
      if (place.destination && (!place.error || place.was_written)) return {};
    return fail(promised(first_error_, "what took no part has a cause"));
  }

  Result<> carry_out(const catalog::Owed& owed) {
    std::vector<transfer::Lane*> lanes;
    std::vector<plan::Target> targets;
    transfer::Supplies supplies;
    for (OpenDestination& place : places_) {
      if (!place.destination || place.error) continue;
      lanes.push_back(place.lane.get());
      targets.push_back(place.lane->target());
      supplies.destinations[place.row] = place.destination.get();
    }
    for (const OpenDestination& place : origins_)
      if (place.destination) supplies.destinations[place.row] = place.destination.get();
    for (const OpenSource& source : sources_)
      supplies.sources[source.settings.id] = source.source.get();
    supplies.adoption = adoption_.get();
    transfer::Orders orders;
    orders.home = TRY(home_.zone());
    orders.plan_asset = [&](const photo::Account& account, const std::string& tag) {
      auto plan = plan::plan_backup(account, targets, orders.home, tag);
      if (!origins_.empty()) take_from_origins(account, plan);
      return plan;
    };
    orders.owed = owed;
    orders.show_progress = watcher_.progress;
    report_.tally = TRY(transfer::carry_out(catalog_, supplies, lanes, orders, stop_));
    return {};
  }

  /// What the origins do not have stays owed.
  void take_from_origins(const photo::Account& account, plan::AssetPlan& plan) const {
    std::erase_if(plan.steps, [&](const plan::Step& step) {
      return !is_in_origin(account, account.files[step.file].versions[step.version].row);
    });
    for (plan::Step& step : plan.steps) step.from_source = false;
  }

  [[nodiscard]] bool is_in_origin(const photo::Account& account, std::int64_t version) const {
    return std::any_of(origins_.begin(), origins_.end(), [&](const OpenDestination& origin) {
      const auto* const standing = account.in(origin.row);
      return standing != nullptr && standing->holds(version);
    });
  }

  /// Albums are shown after everything in them has its place.
  Result<> show_albums() {
    for (OpenDestination& place : places_) {
      if (!place.destination || place.error) continue;
      const auto albums = TRY(catalog_.owed_albums(place.row));
      for (const std::string& album : albums) {
        if (place.error || (place.lane && place.lane->failure())) break;
        const auto shown = show_album(place, album);
        if (!shown) place.error = shown.error();
      }
    }
    return {};
  }

  Result<> show_album(OpenDestination& place, const std::string& album) {
    destination::Album shown{{}, "Albums", {}, {}};
    const auto parts = nlohmann::json::parse(album, nullptr, false);
    if (parts.is_array()) shown.titles = parts.get<std::vector<std::string>>();
    for (const std::string& title : shown.titles) shown.folder += "/" + plan::portable_stem(title);
    const auto files = TRY(catalog_.album_files(place.row, album));
    for (const auto& file : files) shown.files.push_back({file.path, file.name});
    const auto members = TRY(catalog_.album_members(album));
    for (const auto& member : members) shown.members.push_back({member.source, member.id});
    TRY(place.session->show_album(shown));
    return catalog_.settle_album(place.row, album);
  }

  Result<> show_plan() {
    const auto rows = TRY(source_rows());
    TRY(catalog_.gather_owed(rows, open_rows()));
    for (;;) {
      const auto accounts = TRY(catalog_.next_owed(64));
      if (accounts.empty()) return {};
      for (const photo::Account& account : accounts) TRY(show_plan_of(account));
    }
  }

  Result<> show_plan_of(const photo::Account& account) {
    for (const OpenDestination& place : places_)
      if (place.destination && watcher_.would_move) show_moves(account, place);
    for (const photo::Rendition& rendition : account.asset.renditions) {
      std::vector<std::string> wanted;
      for (const OpenDestination& place : places_) {
        if (!place.destination) continue;
        const auto plan = plan::wants(account, rendition.key, target_of(place.settings, place.row));
        if (plan) wanted.push_back(place.settings.name);
      }
      if (wanted.empty() || !watcher_.would_keep) continue;
      const auto adopted = TRY(would_adopt(account, rendition));
      watcher_.would_keep(account, rendition, wanted, adopted);
    }
    return {};
  }

  Result<std::optional<std::filesystem::path>> would_adopt(const photo::Account& account,
                                                           const photo::Rendition& rendition) {
    const auto source = std::find_if(sources_.begin(), sources_.end(), [&](const auto& it) {
      return it.settings.id == account.asset.key.source;
    });
    if (!adoption_ || source == sources_.end() || !source->source->is_far()) return std::nullopt;
    const auto found = TRY(adoption_->find(rendition, stop_));
    return found ? std::optional(found->path) : std::nullopt;
  }

  void show_moves(const photo::Account& account, const OpenDestination& place) {
    const auto files = plan::misplaced(account, place.row, place.settings.on_source_delete);
    for (const std::size_t file : files)
      watcher_.would_move(account,
                          place.settings.name,
                          photo::other_place(account.in(place.row)->files[file].path));
  }

  Result<> sum_up() {
    const auto destinations = all_rows();
    const auto rows = TRY(source_rows());
    report_.assets = TRY(catalog::sum_assets(catalog_, rows, destinations));
    for (const OpenDestination& place : places_) {
      const auto sum = TRY(catalog::sum_destination(catalog_, rows, place.row));
      report_.destinations.push_back({place.settings.name,
                                      std::string(config::name(place.settings.kind)),
                                      sum.held,
                                      sum.pending,
                                      sum.failed,
                                      place.bytes_written,
                                      place.snapshot});
    }
    for (const OpenSource& source : sources_) report_.requests += source.source->requests();
    if (adoption_ && !options_.dry_run) report_.files_not_adopted = TRY(adoption_->files_left());
    auto photos = TRY(catalog::not_safe(catalog_, rows, destinations));
    std::move(photos.begin(), photos.end(), std::back_inserter(report_.not_safe));
    const bool all_safe = report_.assets.pending + report_.assets.failed == 0 && !first_error_;
    if (!options_.dry_run && !all_safe) report_.exit_code = ExitCode::not_all_safe;
    log::info("backup ended",
              {{"run", static_cast<std::uint64_t>(report_.run)},
               {"held", static_cast<std::uint64_t>(report_.assets.held)},
               {"not_safe", report_.not_safe.size()}});
    return {};
  }

  void name_unsafe(const std::string& name, const std::string& destination, const Error& error) {
    if (!first_error_) first_error_ = error;
    report_.not_safe.push_back({{}, name, destination, error.cause, error.message()});
  }

  /// Whose photos this run is about: all that the ledger knows, where destinations are copied.
  Result<std::vector<std::int64_t>> source_rows() {
    std::vector<std::int64_t> rows;
    for (const OpenSource& source : sources_) rows.push_back(source.row);
    if (origins_.empty()) return rows;
    const auto known = TRY(catalog_.sources());
    for (const catalog::Place& place : known) rows.push_back(place.row);
    return rows;
  }

  [[nodiscard]] std::vector<std::int64_t> open_rows() const {
    std::vector<std::int64_t> rows;
    for (const OpenDestination& place : places_)
      if (place.destination) rows.push_back(place.row);
    return rows;
  }

  [[nodiscard]] std::vector<std::int64_t> all_rows() const {
    std::vector<std::int64_t> rows;
    rows.reserve(places_.size());
    for (const OpenDestination& place : places_) rows.push_back(place.row);
    return rows;
  }

  Home& home_;
  catalog::Catalog& catalog_;
  const BackupOptions& options_;
  const BackupWatcher& watcher_;
  std::stop_token stop_;
  std::vector<OpenSource> sources_;
  std::vector<OpenDestination> places_;
  std::vector<OpenDestination> origins_;  ///< what they hold is brought to the others
  std::vector<std::unique_ptr<os::Folder>> adopted_folders_;  ///< until they are looked at
  std::unique_ptr<transfer::Adoption> adoption_;
  std::optional<Error> first_error_;
  BackupReport report_;
};

}  // namespace

Result<BackupReport> back_up(Home& home,
                             const BackupOptions& options,
                             const BackupWatcher& watcher,
                             std::stop_token stop) {
  auto* catalog = TRY(home.catalog());
  return Backup(home, *catalog, options, watcher, std::move(stop)).run();
}

}  // namespace keepsake::job
