// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/places.h"

#include "destination/folder_tree/folder_tree.h"
#include "job/exit_code.h"
#include "os/folder.h"
#include "source/folder/folder_source.h"
#include "source/icloud/session.h"
#include "source/photos_library/photos_library.h"
#include "storage/location.h"
#include "storage/read_back.h"

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
  options.is_read_back = settings.is_read_back();
  return options;
}

std::string zone_of(const Home& home) { return home.settings().zone.value_or("UTC"); }

bool lies_in(const std::filesystem::path& inner, const std::filesystem::path& outer) {
  const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  static_cast<void>(rest);
  return end == outer.end();
}

bool overlap(const std::filesystem::path& a, const std::filesystem::path& b) {
  return lies_in(a, b) || lies_in(b, a);
}

/// Those that do not lie in another of them.
std::vector<std::filesystem::path> outermost(std::vector<std::filesystem::path> paths) {
  std::sort(paths.begin(), paths.end());
  std::vector<std::filesystem::path> outer;
  for (const auto& path : paths)
    if (outer.empty() || !lies_in(path, outer.back())) outer.push_back(path);
  return outer;
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

/// The folder that it is; nothing on a server, or on a drive that is not here.
std::optional<std::filesystem::path> place_now(const config::Destination& destination) {
  if (!destination.location.is_local()) return std::nullopt;
  auto folder = storage::folder_now(destination.location, storage::Unmounted::stays);
  return folder ? std::optional(*std::move(folder)) : std::nullopt;
}

/// `label` is how the desktop's own programs show it, before the place's name.
std::unique_ptr<os::SecretPlace> keyring_item(const Home& home,
                                              std::string kind,
                                              std::string_view label,
                                              const std::string& place) {
  return os::keyring_item({home.paths().settings.string(),
                           std::move(kind),
                           place,
                           fmt::format("Keepsake: {} '{}'", label, place)});
}

/// A run without the desktop's session, or before it is unlocked.
Error sign_in_out_of_reach(Error error) {
  return {Cause::expired,
          "the sign-in is kept in the desktop's keyring: " + std::move(error.what),
          {},
          Scope::source};
}

}  // namespace

Result<std::unique_ptr<source::Source>> open_source(const Home& home,
                                                    const config::Source& settings) {
  if (settings.kind == config::SourceKind::icloud) {
    auto place = TRY(sign_in_place(home, settings));
    if (settings.secrets == config::Secrets::keyring)
      TRY(place->read().map_error(sign_in_out_of_reach));
    const auto known = [&home, settings] { return apple_password_of(home, settings); };
    return source::make_icloud_source(
        account_of(home, settings), settings.id, std::move(place), home.clock(), known);
  }
  auto folder = TRY(os::open_folder(settings.paths.front()).map_error(reaching(Scope::source)));
  if (settings.kind == config::SourceKind::photos_library) {
    const auto state = TRY(home.state_of(settings.id));
    return source::make_photos_library_source(
        std::move(folder), settings.id, state->where() / "library", home.clock());
  }
  return source::make_folder_source(std::move(folder), settings.id, home.clock());
}

source::ICloudAccount account_of(const Home& home, const config::Source& settings) {
  source::ICloudAccount account;
  account.identity = {settings.name, settings.account};
  account.domain = settings.domain;
  account.elsewhere = home.outside().icloud;
  account.ca_file = home.outside().storages.ca_file;
  account.rate = rate_of(home, settings.bandwidth);
  return account;
}

Rate rate_of(const Home& home, const std::optional<config::Bandwidth>& bandwidth) {
  if (!bandwidth) return {};
  const auto zone = home.zone();
  expect(zone.has_value(), "the settings were read, and name a zone that is known");
  return [limit = *bandwidth, wall = zone->wall, &clock = home.clock()] {
    const auto now = wall(clock.now());
    return limit.at(
        std::chrono::floor<std::chrono::minutes>(now - std::chrono::floor<std::chrono::days>(now)));
  };
}

Result<std::unique_ptr<os::Folder>> folder_of(const Home& home,
                                              const config::Destination& tree,
                                              storage::Missing missing) {
  if (tree.location.is_local()) {
    const auto path = TRY(storage::folder_now(tree.location));
    const bool is_made = missing == storage::Missing::is_made;
    return (is_made ? os::make_folder(path) : os::open_folder(path))
        .map_error(reaching(Scope::destination));
  }
  auto server = TRY(storage::open_storage(tree.location,
                                          home.outside().storages,
                                          {.holds = storage::Holds::files,
                                           .missing = missing,
                                           .rate = rate_of(home, tree.bandwidth)})
                        .map_error(reaching(Scope::destination)));
  return destination::folder_on(std::move(server), tree.id.hex());
}

Result<std::unique_ptr<destination::Destination>> open_destination(
    const Home& home, const config::Destination& settings) {
  if (settings.kind == config::DestinationKind::vault) {
    auto vault = TRY(open_vault(home, settings));
    return std::unique_ptr<destination::Destination>(std::move(vault));
  }
  const auto catalog = TRY(own_catalog(home));
  auto folder = TRY(folder_of(home, settings));
  auto tree = destination::make_folder_tree(
      std::move(folder), {settings.id, catalog, zone_of(home)}, tree_options(settings));
  TRY(tree->check_presence());
  return tree;
}

Result<std::unique_ptr<destination::Vault>> open_vault(const Home& home,
                                                       const config::Destination& settings) {
  auto storage = TRY(storage::open_storage(settings.location,
                                           home.outside().storages,
                                           {.rate = rate_of(home, settings.bandwidth)})
                         .map_error(of_vault(settings)));
  if (settings.is_read_back()) storage = storage::with_read_back(std::move(storage));
  auto state = TRY(home.state_of(settings.id));
  const auto ask = [&home, settings] { return password_of(home, settings, Password::known); };
  auto vault = destination::make_vault(std::move(storage),
                                       ask,
                                       {home.settings().catalog.value_or(Id128{}), zone_of(home)},
                                       std::move(state),
                                       home.clock());
  TRY(vault->check_presence().map_error(of_vault(settings)));
  return vault;
}

Result<Secret> password_of(const Home& home, const config::Destination& vault, Password password) {
  auto told = home.outside().find_password(vault.name);
  if (told || told.error().cause != Cause::not_found) return told;
  if (vault.secrets == config::Secrets::keyring) {
    auto kept = TRY(password_place(home, vault)->read().map_error([](Error error) {
      error.cause = Cause::wrong_password;
      error.scope = Scope::destination;
      return error;
    }));
    if (kept) return *std::move(kept);
  }
  return home.outside().ask_password(vault.name, password);
}

std::unique_ptr<os::SecretPlace> password_place(const Home& home,
                                                const config::Destination& vault) {
  return keyring_item(home, "vault password", "password of the vault", vault.name);
}

std::unique_ptr<os::SecretPlace> apple_password_place(const Home& home,
                                                      const config::Source& source) {
  return keyring_item(home, "Apple Account password", "Apple Account of", source.name);
}

Result<std::unique_ptr<os::SecretPlace>> sign_in_place(const Home& home,
                                                       const config::Source& source) {
  if (source.secrets == config::Secrets::keyring)
    return keyring_item(home, "iCloud sign-in", "iCloud sign-in of", source.name);
  auto state = TRY(home.state_of(source.id));
  return source::icloud::session_file(std::move(state));
}

Result<Secret> apple_password_of(const Home& home, const config::Source& source) {
  auto told = home.outside().find_apple_password(source.name);
  if (told || source.secrets != config::Secrets::keyring) return told;
  auto kept = TRY(apple_password_place(home, source)->read());
  return kept ? Result<Secret>(*std::move(kept)) : std::move(told);
}

std::function<Error(Error)> of_vault(const config::Destination& settings) {
  return [where =
              fmt::format("vault '{}' ({})", settings.name, settings.location.url())](Error error) {
    if (error.scope == Scope::run) return error;
    if (error.where.empty() || error.scope == Scope::asset) error.where = where;
    error.scope = Scope::destination;
    return error;
  };
}

Result<Id128> own_catalog(const Home& home) {
  const auto& catalog = home.settings().catalog;
  if (catalog) return *catalog;
  return fail(
      Error{Cause::conflict,
            "this home has no catalog of its own yet, and its destinations hold a backup of "
            "another home. To take it over, run: keepsake catalog rebuild",
            {},
            Scope::run});
}

plan::Target target_of(const config::Destination& settings, std::int64_t row) {
  return {row,
          settings.name,
          settings.layout,
          settings.exclude,
          settings.sources.value_or(std::vector<std::string>()),
          settings.on_source_delete};
}

std::string rules_of(const config::Destination& settings) {
  std::string rules;
  for (const photo::Query& rule : settings.exclude) rules += "exclude " + rule.text() + "\n";
  for (const std::string& source : settings.sources.value_or(std::vector<std::string>()))
    rules += "source " + source + "\n";
  if (settings.on_source_delete == plan::OnSourceDelete::quarantine) rules += "quarantine\n";
  return rules;
}

Result<std::vector<config::Destination>> chosen_origins(const config::Settings& settings,
                                                        const std::vector<std::string>& names) {
  std::vector<config::Destination> origins;
  for (const std::string& name : names)
    if (const auto* const origin = settings.destination(name);
        origin != nullptr && settings.source(name) == nullptr)
      origins.push_back(*origin);
  if (origins.empty() || origins.size() == names.size()) return origins;
  return misuse("'{}' is a destination; name either sources or destinations to bring photos from",
                origins.front().name);
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
      const auto place = place_now(destination);
      if (source.paths.empty() || !place) continue;
      const auto from = os::resolved(source.paths.front());
      const auto to = os::resolved(*place);
      if (overlap(from, to))
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

Result<std::vector<std::unique_ptr<os::Folder>>> open_folders_to_adopt(
    const std::vector<std::filesystem::path>& paths,
    const std::vector<config::Destination>& destinations) {
  std::vector<std::filesystem::path> resolved;
  resolved.reserve(paths.size());
  for (const auto& path : paths) resolved.push_back(os::resolved(path));
  std::vector<std::unique_ptr<os::Folder>> folders;
  for (const auto& path : outermost(std::move(resolved))) {
    for (const config::Destination& destination : destinations) {
      const auto place = place_now(destination);
      if (!place) continue;
      const auto to = os::resolved(*place);
      if (overlap(path, to))
        return misuse(
            "files cannot be adopted from {}: it and the destination '{}' lie in each other ({}); "
            "nothing was done",
            path.string(),
            destination.name,
            to.string());
    }
    auto folder = os::open_folder(path);
    if (!folder)
      return misuse("files cannot be adopted from {}: {}; nothing was done",
                    path.string(),
                    folder.error().what);
    folders.push_back(*std::move(folder));
  }
  return folders;
}

}  // namespace keepsake::job
