// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/places.h"

#include "destination/folder_tree/folder_tree.h"
#include "job/exit_code.h"
#include "os/folder.h"
#include "source/folder/folder_source.h"

#include <algorithm>

namespace keepsake::job {

namespace {

destination::TreeOptions tree_options(const config::Destination& settings) {
  destination::TreeOptions options;
  switch (settings.albums) {
    case config::Albums::links:
      options.albums = destination::Albums::links;
      break;
    case config::Albums::list:
      options.albums = destination::Albums::list;
      break;
    case config::Albums::none:
      options.albums = destination::Albums::none;
      break;
  }
  if (settings.sidecars == config::Sidecars::xmp) options.sidecars = destination::Sidecars::xmp;
  return options;
}

bool lies_in(const std::filesystem::path& inner, const std::filesystem::path& outer) {
  const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  static_cast<void>(rest);
  return end == outer.end();
}

template <class Place>
Result<std::vector<Place>> chosen(const std::vector<Place>& all,
                                  const std::vector<std::string>& names,
                                  std::string_view kind) {
  if (names.empty()) return all;
  std::vector<Place> some;
  for (const std::string& name : names) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Place& place) { return place.name == name; });
    if (found == all.end())
      return misuse(
          "there is no {0} called '{1}'; 'keepsake {0} list' shows those there are", kind, name);
    some.push_back(*found);
  }
  return some;
}

Result<> refuse_name(std::string_view name) {
  if (config::is_name(name)) return {};
  return misuse("'{}' cannot be a name: use small letters, digits and '-', at most 32", name);
}

template <class Value, std::size_t count>
Result<Value> choice(const std::array<Value, count>& values,
                     std::string_view text,
                     std::string_view option) {
  for (const Value value : values)
    if (config::name(value) == text) return value;
  return misuse("'{}' is no value of {}", text, option);
}

Result<config::Destination> settings_of(const NewDestination& wanted) {
  using config::Albums;
  using config::Sidecars;
  config::Destination settings;
  settings.name = wanted.name;
  settings.id = os::random_id();
  settings.folder = os::resolved(wanted.folder);
  if (!wanted.layout.empty())
    settings.layout = TRY(plan::Layout::parse(wanted.layout).map_error(reaching(Scope::run)));
  if (!wanted.albums.empty())
    settings.albums = TRY(
        choice(std::array{Albums::links, Albums::list, Albums::none}, wanted.albums, "--albums"));
  if (!wanted.sidecars.empty())
    settings.sidecars =
        TRY(choice(std::array{Sidecars::none, Sidecars::xmp}, wanted.sidecars, "--sidecars"));
  return settings;
}

/// The home's own ids and zone, decided when the first destination is added.
Result<> settle_home(Home& home) {
  if (!home.settings().zone) TRY(home.settings_file().set_zone(os::TimeZone::of_system().name()));
  if (!home.settings().catalog) TRY(home.settings_file().set_catalog(os::random_id()));
  return home.read_settings();
}

}  // namespace

Result<std::unique_ptr<source::Source>> open_source(const config::Source& settings,
                                                    os::Clock& clock) {
  auto folder = TRY(os::open_folder(settings.paths.front()).map_error(reaching(Scope::source)));
  return source::make_folder_source(std::move(folder), settings.id, clock);
}

Result<std::unique_ptr<destination::Destination>> open_destination(
    const config::Destination& settings, const config::Settings& home) {
  if (!home.catalog)
    return fail(Error{Cause::conflict,
                      "this home has no catalog of its own yet, and the destination holds a backup "
                      "of another home. To take it over, run: keepsake catalog rebuild",
                      settings.name,
                      Scope::run});
  auto folder = TRY(os::open_folder(settings.folder).map_error(reaching(Scope::destination)));
  auto tree = destination::make_folder_tree(std::move(folder),
                                            {settings.id, *home.catalog, home.zone.value_or("UTC")},
                                            tree_options(settings));
  TRY(tree->check_presence());
  return tree;
}

plan::Target target_of(const config::Destination& settings, std::int64_t row) {
  return {row,
          settings.name,
          settings.layout,
          settings.exclude,
          settings.sources.value_or(std::vector<std::string>())};
}

std::string rules_of(const config::Destination& settings) {
  std::string rules;
  for (const photo::Query& rule : settings.exclude) rules += "exclude " + rule.text() + "\n";
  for (const std::string& source : settings.sources.value_or(std::vector<std::string>()))
    rules += "source " + source + "\n";
  return rules;
}

Result<std::vector<config::Source>> chosen_sources(const config::Settings& settings,
                                                   const std::vector<std::string>& names) {
  if (settings.sources.empty())
    return misuse(
        "there is no source yet; add one: keepsake source add pictures folder ~/Pictures");
  return chosen(settings.sources, names, "source");
}

Result<std::vector<config::Destination>> chosen_destinations(
    const config::Settings& settings, const std::vector<std::string>& names) {
  if (settings.destinations.empty())
    return misuse(
        "there is no destination yet; add one: keepsake destination add disk folder /mnt/backup");
  return chosen(settings.destinations, names, "destination");
}

Result<> refuse_overlap(const std::vector<config::Source>& sources,
                        const std::vector<config::Destination>& destinations) {
  for (const config::Source& source : sources)
    for (const config::Destination& destination : destinations) {
      const auto from = os::resolved(source.paths.front());
      const auto to = os::resolved(destination.folder);
      if (lies_in(from, to) || lies_in(to, from))
        return misuse(
            "the source '{}' and the destination '{}' lie in each other ({} and {}); "
            "nothing was done",
            source.name,
            destination.name,
            from.string(),
            to.string());
    }
  return {};
}

Result<> add_source(Home& home, const std::string& name, const std::filesystem::path& path) {
  TRY(refuse_name(name));
  const config::Source source{
      name, os::random_id(), config::SourceKind::folder, {os::resolved(path)}};
  TRY(os::open_folder(source.paths.front()).map_error(reaching(Scope::source)));
  TRY(refuse_overlap({source}, home.settings().destinations));
  TRY(home.settings_file().add(source).map_error(reaching(Scope::run)));
  return home.read_settings();
}

Result<bool> add_destination(Home& home, const NewDestination& wanted) {
  TRY(refuse_name(wanted.name));
  auto settings = TRY(settings_of(wanted));
  TRY(refuse_overlap(home.settings().sources, {settings}));
  auto folder = TRY(os::make_folder(settings.folder).map_error(reaching(Scope::destination)));
  const auto marker = TRY(destination::read_marker(*folder));
  if (marker) {
    if (home.settings().catalog && *home.settings().catalog != marker->catalog)
      return misuse(
          "{} holds the backup of another home; use another folder, or take it over in a "
          "new home with 'keepsake catalog rebuild'",
          settings.folder.string());
    settings.id = marker->id;
    if (!home.settings().zone) TRY(home.settings_file().set_zone(marker->zone));
  } else {
    if (!home.settings().catalog && !home.settings().destinations.empty())
      return misuse(
          "this home has not taken over the backup it was given; first run: keepsake "
          "catalog rebuild");
    TRY(settle_home(home));
    TRY(destination::write_marker(*folder,
                                  {settings.id, *home.settings().catalog, *home.settings().zone}));
  }
  TRY(home.settings_file().add(settings).map_error(reaching(Scope::run)));
  TRY(home.read_settings());
  return marker.has_value();
}

Result<> remove_source(Home& home, const std::string& name) {
  TRY(chosen_sources(home.settings(), {name}));
  TRY(home.settings_file().remove_source(name).map_error(reaching(Scope::run)));
  return home.read_settings();
}

Result<> remove_destination(Home& home, const std::string& name) {
  const auto chosen = TRY(chosen_destinations(home.settings(), {name}));
  TRY(home.settings_file().remove_destination(name).map_error(reaching(Scope::run)));
  auto* catalog = TRY(home.catalog());
  const auto known = TRY(catalog->destinations());
  for (const catalog::Place& place : known)
    if (place.uid == chosen.front().id) TRY(catalog->forget_destination(place.row));
  return home.read_settings();
}

}  // namespace keepsake::job
