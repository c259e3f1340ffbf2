// SPDX-License-Identifier: GPL-3.0-or-later
#include "job/add_place.h"

#include "base/text.h"
#include "destination/folder_tree/folder_tree.h"
#include "job/exit_code.h"
#include "job/places.h"
#include "os/folder.h"
#include "source/icloud/session.h"
#include "source/photos_library/photos_library.h"
#include "storage/location.h"
#include "vault/key_file.h"
#include "vault/repository.h"

namespace keepsake::job {

namespace {

Result<> refuse_name(std::string_view name) {
  if (config::is_name(name)) return {};
  return misuse("'{}' cannot be a name: use small letters, digits and '-', at most 32", name);
}

template <class Value, std::size_t count>
Result<Value> choice(const std::array<Value, count>& values,
                     std::string_view text,
                     std::string_view option) {
  using config::name;
  for (const Value value : values)
    if (name(value) == text) return value;
  return misuse("'{}' is no value of {}", text, option);
}

storage::Location resolved(const storage::Location& location) {
  const auto* const folder = location.folder();
  return folder == nullptr ? location : storage::Location{os::resolved(*folder)};
}

Result<config::Destination> settings_of(const NewDestination& wanted) {
  using config::Albums;
  using config::Sidecars;
  config::Destination settings;
  settings.name = wanted.name;
  settings.id = os::random_id();
  settings.kind = wanted.kind;
  settings.location = resolved(wanted.location);
  if (wanted.kind == config::DestinationKind::folder && !wanted.location.takes_files())
    return misuse("a server of restic's REST protocol holds vaults only; {} can be one",
                  settings.location.url());
  const bool tree_only =
      !wanted.layout.empty() || !wanted.albums.empty() || !wanted.sidecars.empty();
  if (wanted.kind == config::DestinationKind::vault && tree_only)
    return misuse("--layout, --albums and --sidecars are for folder trees; a vault has one layout");
  if (wanted.keyring && wanted.kind != config::DestinationKind::vault)
    return misuse("--keyring is for vaults; a folder has no password");
  if (wanted.keyring) settings.secrets = config::Secrets::keyring;
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

/// What is a home's own, decided when the first destination is added.
struct Own {
  Id128 catalog;
  std::string zone;
};

Result<Own> settle_home(Home& home) {
  const config::Settings& settings = home.settings();
  Own own{settings.catalog.value_or(os::random_id()),
          settings.zone.value_or(os::TimeZone::of_system().name())};
  if (!settings.zone) TRY(home.settings_file().set_zone(own.zone));
  if (!settings.catalog) TRY(home.settings_file().set_catalog(own.catalog));
  TRY(home.read_settings());
  return own;
}

/// A home that was given a backup takes that over before it begins one of its own.
Result<Own> begin_anew(Home& home) {
  if (!home.settings().catalog && !home.settings().destinations.empty())
    return misuse(
        "this home has not taken over the backup it was given; first run: keepsake "
        "catalog rebuild");
  return settle_home(home);
}

/// Whether it was there before.
Result<bool> make_tree(Home& home, config::Destination& settings) {
  const auto folder = TRY(folder_of(home, settings, storage::Missing::is_made));
  const auto marker = TRY(destination::read_marker(*folder));
  if (!marker) {
    const auto own = TRY(begin_anew(home));
    TRY(destination::write_marker(*folder, {settings.id, own.catalog, own.zone}));
    return false;
  }
  if (home.settings().catalog.value_or(marker->catalog) != marker->catalog)
    return misuse(
        "{} holds the backup of another home; use another folder, or take it over in a "
        "new home with 'keepsake catalog rebuild'",
        settings.location.url());
  settings.id = marker->id;
  if (!home.settings().zone) TRY(home.settings_file().set_zone(marker->zone));
  return true;
}

/// A repository is only read. One that holds the backup of a home leaves a new home without a
/// catalog of its own, so that it can take that one over.
Result<> look_at_vault(Home& home, const config::Destination& settings) {
  const auto vault = TRY(open_vault(home, settings));
  const auto catalogs = TRY(vault->catalogs().map_error(of_vault(settings)));
  if (catalogs.empty() || home.settings().catalog) TRY(settle_home(home));
  return {};
}

/// Before anything is made, so that no vault is made whose password is then not where it should be.
Result<> keep_password(const Home& home, const config::Destination& settings, Password password) {
  if (settings.secrets != config::Secrets::keyring) return {};
  const auto typed = TRY(password_of(home, settings, password));
  return password_place(home, settings)->write(typed);
}

Result<bool> make_vault(Home& home, const config::Destination& settings) {
  const auto storage = TRY(storage::open_storage(settings.location,
                                                 home.outside().storages,
                                                 {.missing = storage::Missing::is_made,
                                                  .rate = rate_of(home, settings.bandwidth)})
                               .map_error(of_vault(settings)));
  const auto found = TRY(vault::find_repository(*storage).map_error(of_vault(settings)));
  switch (found) {
    case vault::Presence::repository:
      TRY(keep_password(home, settings, Password::known));
      TRY(look_at_vault(home, settings));
      return true;
    case vault::Presence::parts:
      return fail(of_vault(settings)(
          Error{Cause::corrupt,
                "there are parts of a vault here, but its 'config' is missing; nothing was made or "
                "changed. Bring 'config' back from a copy, or choose another folder",
                {},
                Scope::destination}));
    case vault::Presence::nothing:
      break;
  }
  TRY(begin_anew(home));
  TRY(keep_password(home, settings, Password::chosen));
  const auto password = TRY(password_of(home, settings, Password::chosen));
  TRY(vault::create_repository(
          *storage, password, vault::calibrated_cost(home.clock()), home.clock())
          .map_error(of_vault(settings)));
  return false;
}

}  // namespace

Result<> add_source(Home& home,
                    const std::string& name,
                    config::SourceKind kind,
                    const std::filesystem::path& path) {
  TRY(refuse_name(name));
  const config::Source source{name, os::random_id(), kind, {os::resolved(path)}};
  const auto folder = TRY(os::open_folder(source.paths.front()).map_error(reaching(Scope::source)));
  if (kind == config::SourceKind::photos_library)
    TRY(source::check_photos_library(*folder).map_error(reaching(Scope::run)));
  TRY(refuse_overlap({source}, home.settings().destinations));
  TRY(home.settings_file().add(source).map_error(reaching(Scope::run)));
  return home.read_settings();
}

Result<> add_account(Home& home, const NewAccount& wanted) {
  using source::icloud::Domain;
  TRY(refuse_name(wanted.name));
  config::Source source;
  source.name = wanted.name;
  source.id = os::random_id();
  source.kind = config::SourceKind::icloud;
  source.account = trimmed(wanted.account);
  if (source.account.empty()) return misuse("which Apple Account? Add: --account EMAIL");
  if (!wanted.domain.empty())
    source.domain = TRY(choice(std::array{Domain::com, Domain::cn}, wanted.domain, "--domain"));
  if (wanted.keyring) source.secrets = config::Secrets::keyring;
  TRY(home.settings_file().add(source).map_error(reaching(Scope::run)));
  return home.read_settings();
}

Result<bool> add_destination(Home& home, const NewDestination& wanted) {
  TRY(refuse_name(wanted.name));
  auto settings = TRY(settings_of(wanted));
  if (home.settings().destination(wanted.name) != nullptr)
    return misuse("there is a destination called '{}' already", wanted.name);
  TRY(refuse_overlap(home.settings().sources, {settings}));
  const auto existed = settings.kind == config::DestinationKind::vault ? make_vault(home, settings)
                                                                       : make_tree(home, settings);
  if (!existed && settings.secrets == config::Secrets::keyring)
    static_cast<void>(password_place(home, settings)->forget());  // it opened nothing
  if (!existed) return existed;
  TRY(home.settings_file().add(settings).map_error(reaching(Scope::run)));
  TRY(home.read_settings());
  return existed;
}

Result<> remove_source(Home& home, const std::string& name) {
  const auto chosen = TRY(chosen_sources(home.settings(), {name}));
  if (chosen.front().kind == config::SourceKind::icloud) {
    const auto place = TRY(sign_in_place(home, chosen.front()));
    TRY(place->forget());
    if (chosen.front().secrets == config::Secrets::keyring)
      TRY(apple_password_place(home, chosen.front())->forget());
  }
  TRY(home.settings_file().remove_source(name).map_error(reaching(Scope::run)));
  home.forget_state_of(chosen.front().id);
  return home.read_settings();
}

Result<> remove_destination(Home& home, const std::string& name) {
  const auto chosen = TRY(chosen_destinations(home.settings(), {name}));
  if (chosen.front().secrets == config::Secrets::keyring)
    TRY(password_place(home, chosen.front())->forget());
  TRY(home.settings_file().remove_destination(name).map_error(reaching(Scope::run)));
  auto* catalog = TRY(home.catalog());
  const auto known = TRY(catalog->destinations());
  for (const catalog::Place& place : known)
    if (place.uid == chosen.front().id) TRY(catalog->forget_destination(place.row));
  return home.read_settings();
}

}  // namespace keepsake::job
