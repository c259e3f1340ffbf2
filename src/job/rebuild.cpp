// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/rebuild.h"

#include "destination/folder_tree/folder_tree.h"
#include "job/places.h"
#include "job/take_down.h"
#include "os/folder.h"

#include <set>

namespace keepsake::job {

namespace {

constexpr std::size_t batch = 1024;

/// The catalogs that the trees' markers and the vaults' snapshots name.
Result<std::set<Id128>> catalogs_in(const Home& home) {
  std::set<Id128> catalogs;
  for (const config::Destination& destination : home.settings().destinations) {
    if (destination.kind == config::DestinationKind::vault) {
      const auto vault = open_vault(home, destination);
      if (!vault) continue;
      const auto found = TRY((*vault)->catalogs().map_error(of_vault(destination)));
      catalogs.insert(found.begin(), found.end());
      continue;
    }
    const auto folder = folder_of(home, destination);
    if (!folder) continue;
    const auto marker = TRY(destination::read_marker(**folder));
    if (marker) catalogs.insert(marker->catalog);
  }
  return catalogs;
}

Result<> take_over_catalog_id(Home& home, const std::optional<std::string>& chosen) {
  const auto wanted = chosen ? Id128::from_hex(*chosen) : std::nullopt;
  if (chosen && !wanted) return misuse("'{}' is no catalog id (32 hexadecimal digits)", *chosen);
  if (home.settings().catalog && !wanted) return {};
  const auto found = TRY(catalogs_in(home));
  if (found.empty()) return misuse("no destination that is here now holds a backup");
  if (!wanted && found.size() > 1) {
    std::string list;
    for (const Id128& id : found) list += " " + id.hex();
    return misuse(
        "the destinations hold the backups of several catalogs; choose one with "
        "--catalog ID:{}",
        list);
  }
  TRY(home.settings_file().set_catalog(wanted.value_or(*found.begin())));
  return home.read_settings();
}

/// A source of the settings that bears the name of one in the records is that one.
Result<> take_over_source_id(Home& home, const records::FileRecord& record) {
  const config::Source* source = home.settings().source(record.source_name);
  if (source == nullptr || source->id == record.asset.key.source) return {};
  for (const config::Source& other : home.settings().sources)
    if (other.id == record.asset.key.source) return {};
  config::Source renamed = *source;
  renamed.id = record.asset.key.source;
  TRY(home.settings_file().remove_source(source->name));
  TRY(home.settings_file().add(renamed));
  return home.read_settings();
}

Result<> read_records(Home& home, const config::Destination& settings, RebuildReport& report) {
  auto destination = open_destination(home, settings);
  if (!destination) {
    report.absent.push_back(settings.name + ": " + destination.error().message());
    if (!report.error) report.error = destination.error();
    return {};
  }
  auto* catalog = TRY(home.catalog());
  const auto row = TRY(catalog->know_destination(
      {0, settings.id, settings.name, std::string(config::name(settings.kind))},
      rules_of(settings)));
  std::vector<records::FileRecord> waiting;
  const auto flush = [&]() -> Result<> {
    TRY(take_down(home, row, waiting));
    waiting.clear();
    return {};
  };
  const auto take = [&](const records::FileRecord& record) -> Result<> {
    TRY(take_over_source_id(home, record));
    ++report.files;
    waiting.push_back(record);
    return waiting.size() < batch ? Result<>() : flush();
  };
  const auto told = (*destination)->each_record(take);
  if (!told && told.error().scope == Scope::destination) {
    report.absent.push_back(settings.name + ": " + told.error().message());
    if (!report.error) report.error = told.error();
    return {};
  }
  const auto unreadable = TRY(told);
  TRY(flush());
  report.unreadable += static_cast<std::int64_t>(unreadable);
  report.destinations.push_back(settings.name);
  return {};
}

Result<RebuildReport> rebuild_into(Home& home) {
  RebuildReport report;
  auto* catalog = TRY(home.catalog());
  for (const config::Source& source : home.settings().sources)
    TRY(catalog->know_source({0, source.id, source.name, std::string(config::name(source.kind))}));
  const auto destinations = home.settings().destinations;
  for (const config::Destination& settings : destinations)
    TRY(read_records(home, settings, report));
  if (report.destinations.empty() && report.error && report.error->cause != Cause::absent)
    return fail(*report.error);
  if (report.destinations.empty())
    return fail(Error{Cause::absent,
                      "no destination could be opened, so the catalog cannot be made anew; the old "
                      "one, if any, was left alone",
                      {},
                      Scope::run});
  return report;
}

}  // namespace

Result<RebuildReport> rebuild_catalog(Home& home, const std::optional<std::string>& chosen) {
  if (home.settings().destinations.empty())
    return misuse(
        "there is no destination to rebuild from; add one with 'keepsake destination add'");
  TRY(take_over_catalog_id(home, chosen));
  const auto real = home.paths().catalog;
  const auto fresh = home.new_catalog_file();
  home.use_catalog_file(fresh);
  auto report = rebuild_into(home);
  home.use_catalog_file(real);
  if (!report) {
    catalog::Catalog::remove(fresh);
    return report;
  }
  TRY(catalog::Catalog::replace(real, fresh, home.clock()));
  if (!report->absent.empty()) report->exit_code = ExitCode::not_all_safe;
  return report;
}

}  // namespace keepsake::job
