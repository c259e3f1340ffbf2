// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"
#include "config/choices.h"
#include "config/document.h"
#include "config/section.h"
#include "config/settings.h"
#include "os/machine.h"
#include "storage/location.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

namespace keepsake::config {

namespace {

using Keys = std::vector<std::string>;

Result<Id128> id_of(std::string_view text) {
  if (const auto id = Id128::from_hex(text)) return *id;
  return fail(Cause::invalid, "an id is 32 hexadecimal digits, not \"{}\"", text);
}

template <class Value, std::size_t count>
Result<Value> chosen(const Choices<Value, count>& choices, std::string_view word) {
  Keys names;
  for (const auto& choice : choices) {
    if (choice.name == word) return choice.value;
    names.emplace_back(choice.name);
  }
  if (std::ranges::find(later_words, word) != later_words.end())
    return fail(Cause::unsupported, "{} is not there in this version", word);
  return fail(Cause::invalid, "\"{}\" is not one of the choices: {}", word, fmt::join(names, ", "));
}

/// The choice of a key, or what counts where it is not there.
template <class Value, std::size_t count>
Result<Value> choice_or(const Section& section,
                        std::string_view key,
                        const Choices<Value, count>& choices,
                        Value standard) {
  const auto word = TRY(section.text(key));
  return word ? section.at(key, chosen(choices, *word)) : standard;
}

Result<std::string> checked_name(const Section& section, const Table& table) {
  if (is_name(table.name)) return table.name;
  return section.refuse(Cause::invalid,
                        "",
                        "the name \"{}\" must be 1 to 32 of a-z, 0-9 and -, not beginning with -",
                        table.name);
}

Result<std::filesystem::path> whole_path(std::string_view text) {
  auto path = TRY(storage::parse_folder(text, {}));
  if (path.is_absolute()) return path;
  return fail(Cause::invalid, "\"{}\" must be a whole path, beginning with /", text);
}

/// What the settings say of a place beside its url.
struct PlaceOptions {
  std::optional<std::string> ssh;
  std::optional<std::string> storage_class;
  std::optional<int> locked_days;
};

Result<storage::Location> location_of(std::string_view url, const PlaceOptions& options) {
  auto location = TRY(storage::parse_location(url, {}));
  if (location.folder() != nullptr && !location.folder()->is_absolute())
    return fail(Cause::invalid, "\"{}\" must be a whole path, beginning with /", url);
  auto* const server = std::get_if<storage::SftpPlace>(&location.place);
  if (options.ssh && server == nullptr)
    return fail(Cause::invalid, "ssh is for servers, and \"{}\" is none of SFTP", url);
  if (options.ssh) server->ssh = *options.ssh;
  auto* const bucket = std::get_if<storage::S3Place>(&location.place);
  if (options.locked_days && bucket == nullptr)
    return fail(Cause::invalid, "locked_days is for buckets, and \"{}\" is none", url);
  if (options.locked_days) bucket->locked_days = *options.locked_days;
  if (!options.storage_class) return location;
  if (bucket == nullptr)
    return fail(Cause::invalid, "storage_class is for buckets, and \"{}\" is none", url);
  if (!storage::is_class_to_read_from(*options.storage_class))
    return fail(Cause::invalid,
                "nothing can be verified or restored at once in the class \"{}\"; GLACIER_IR and "
                "STANDARD_IA are cheap ones where it can",
                *options.storage_class);
  bucket->storage_class = *options.storage_class;
  return location;
}

Result<std::vector<std::filesystem::path>> whole_paths(const std::vector<std::string>& texts) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& text : texts) {
    auto path = TRY(whole_path(text));
    paths.push_back(std::move(path));
  }
  return paths;
}

/// Nothing where the key is not there.
Result<std::optional<Bandwidth>> bandwidth_in(const Section& section) {
  const auto text = TRY(section.text("bandwidth"));
  if (!text) return std::nullopt;
  auto bandwidth = TRY(section.at("bandwidth", Bandwidth::parse(*text)));
  return std::optional(std::move(bandwidth));
}

/// An account says who it is; the other kinds say where they lie.
Result<> read_account(const Section& section, Source& source) {
  source.account = TRY(section.needed("account"));
  source.domain = TRY(choice_or(section, "domain", domain_choices, source::icloud::Domain::com));
  source.bandwidth = TRY(bandwidth_in(section));
  source.secrets = TRY(choice_or(section, "secrets", secrets_choices, source.secrets));
  const auto path = TRY(section.texts("path"));
  if (!path) return {};
  return section.refuse(Cause::invalid, "path", "an icloud source has no path");
}

Result<> read_paths(const Section& section, Source& source) {
  for (const std::string_view key : {"account", "domain", "bandwidth", "secrets"}) {
    const auto value = TRY(section.text(key));
    if (value) return section.refuse(Cause::invalid, key, "{} is for icloud sources", key);
  }
  const auto paths = TRY(section.texts("path"));
  source.paths = TRY(section.at("path", whole_paths(paths.value_or(Keys{}))));
  if (source.paths.size() == 1) return {};
  return section.refuse(Cause::invalid, "path", "a {} source needs one path", name(source.kind));
}

Result<Source> read_source(const Section& section, const Table& table) {
  static const Keys keys{"id", "kind", "path", "account", "domain", "bandwidth", "secrets"};
  TRY(section.knows(keys));
  Source source;
  source.name = TRY(checked_name(section, table));
  const auto id = TRY(section.needed("id"));
  source.id = TRY(section.at("id", id_of(id)));
  const auto kind = TRY(section.needed("kind"));
  source.kind = TRY(section.at("kind", chosen(source_kinds, kind)));
  TRY(source.kind == SourceKind::icloud ? read_account(section, source)
                                        : read_paths(section, source));
  return source;
}

Result<std::vector<photo::Query>> queries(const std::vector<std::string>& texts) {
  std::vector<photo::Query> read;
  for (const std::string& text : texts) {
    auto query = TRY(photo::Query::parse(text));
    if (query.text().empty())
      return fail(Cause::invalid, "an empty query would exclude every photo");
    read.push_back(std::move(query));
  }
  return read;
}

Result<int> days_of(std::int64_t number) {
  constexpr std::int64_t most = 36'500;
  if (number >= 1 && number <= most) return static_cast<int>(number);
  return fail(Cause::invalid, "{} days cannot be; 1 to {} can", number, most);
}

/// Nothing where the key is not there.
Result<std::optional<int>> days_in(const Section& section, std::string_view key) {
  const auto number = TRY(section.number(key));
  if (!number) return std::nullopt;
  const auto days = TRY(section.at(key, days_of(*number)));
  return days;
}

/// What a destination is, without the choices that it may leave to us.
Result<Destination> read_place(const Section& section, const Table& table) {
  Destination destination;
  destination.name = TRY(checked_name(section, table));
  const auto id = TRY(section.needed("id"));
  destination.id = TRY(section.at("id", id_of(id)));
  const auto kind = TRY(section.needed("kind"));
  destination.kind = TRY(section.at("kind", chosen(destination_kinds, kind)));
  const auto url = TRY(section.needed("url"));
  PlaceOptions options;
  options.ssh = TRY(section.text("ssh"));
  options.storage_class = TRY(section.text("storage_class"));
  options.locked_days = TRY(days_in(section, "locked_days"));
  destination.location = TRY(section.at("url", location_of(url, options)));
  if (destination.kind == DestinationKind::folder && !destination.location.takes_files())
    return section.refuse(
        Cause::invalid, "url", "a server of restic's REST protocol holds vaults only");
  if (destination.kind == DestinationKind::folder && options.locked_days)
    return section.refuse(Cause::invalid, "locked_days", "locked_days is for vaults");
  destination.bandwidth = TRY(bandwidth_in(section));
  if (destination.bandwidth && destination.location.is_local())
    return section.refuse(Cause::invalid, "bandwidth", "bandwidth is for servers");
  return destination;
}

/// A folder tree has no password.
Result<> refuse_vault_keys(const Section& section) {
  const auto secrets = TRY(section.text("secrets"));
  if (!secrets) return {};
  return section.refuse(Cause::invalid, "secrets", "secrets is for vaults; a folder has none");
}

/// How a folder tree looks is no matter of a vault.
Result<> refuse_tree_keys(const Section& section) {
  for (const std::string_view key : {"layout", "albums", "sidecars"}) {
    const auto value = TRY(section.text(key));
    if (value)
      return section.refuse(
          Cause::invalid, key, "{} is for folder trees; a vault has one layout", key);
  }
  return {};
}

Result<Destination> read_destination(const Section& section, const Table& table) {
  static const Keys keys{"id",
                         "kind",
                         "url",
                         "ssh",
                         "storage_class",
                         "locked_days",
                         "layout",
                         "albums",
                         "sidecars",
                         "exclude",
                         "sources",
                         "on_source_delete",
                         "quarantine_days",
                         "remind_days",
                         "confirm",
                         "bandwidth",
                         "secrets"};
  TRY(section.knows(keys));
  auto destination = TRY(read_place(section, table));
  TRY(destination.kind == DestinationKind::vault ? refuse_tree_keys(section)
                                                 : refuse_vault_keys(section));
  destination.secrets = TRY(choice_or(section, "secrets", secrets_choices, destination.secrets));
  const auto layout = TRY(section.text("layout"));
  if (layout) destination.layout = TRY(section.at("layout", plan::Layout::parse(*layout)));
  destination.albums = TRY(choice_or(section, "albums", albums_choices, destination.albums));
  destination.sidecars =
      TRY(choice_or(section, "sidecars", sidecars_choices, destination.sidecars));
  const auto exclude = TRY(section.texts("exclude"));
  destination.exclude = TRY(section.at("exclude", queries(exclude.value_or(Keys{}))));
  destination.sources = TRY(section.texts("sources"));
  destination.on_source_delete = TRY(choice_or(
      section, "on_source_delete", on_source_delete_choices, destination.on_source_delete));
  const auto quarantine_days = TRY(days_in(section, "quarantine_days"));
  destination.quarantine_days = quarantine_days.value_or(destination.quarantine_days);
  const auto confirm = TRY(section.text("confirm"));
  if (confirm) destination.confirm = TRY(section.at("confirm", chosen(confirm_choices, *confirm)));
  const auto remind_days = TRY(days_in(section, "remind_days"));
  destination.remind_days = remind_days.value_or(destination.remind_days);
  return destination;
}

/// A source that is named must be there, else a slip of the pen would leave photos without backup.
Result<> check_sources(const Section& section,
                       const Destination& destination,
                       const Settings& settings) {
  if (!destination.sources) return {};
  if (destination.sources->empty())
    return section.refuse(Cause::invalid, "sources", "sources names no source");
  Keys names;
  for (const Source& source : settings.sources) names.push_back(source.name);
  for (const std::string& wanted : *destination.sources) {
    if (std::ranges::find(names, wanted) != names.end()) continue;
    const auto near = nearest(wanted, names.data(), names.data() + names.size());
    return section.refuse(Cause::invalid,
                          "sources",
                          "{} takes photos from \"{}\", which is no source{}",
                          destination.name,
                          wanted,
                          near ? fmt::format("; did you mean \"{}\"?", *near) : "");
  }
  return {};
}

/// Two places with one id would be one in the ledger.
template <class Named>
Result<> check_id(const Section& section, const Named& added, const std::vector<Named>& others) {
  const auto other = std::ranges::find(others, added.id, &Named::id);
  if (other == others.end()) return {};
  return section.refuse(
      Cause::invalid, "id", "{} and {} have the same id", other->name, added.name);
}

Result<std::string> known_zone(const std::string& name) {
  const auto zone = TRY(os::TimeZone::named(name));
  return zone.name();
}

Result<Settings> read_top(const Section& section) {
  static const Keys keys{"version", "catalog", "zone"};
  TRY(section.knows(keys));
  const auto version = TRY(section.number("version"));
  if (version && *version != 1)
    return section.refuse(
        Cause::unsupported, "version", "settings of version {} need a newer Keepsake", *version);
  Settings settings;
  const auto catalog = TRY(section.text("catalog"));
  if (catalog) settings.catalog = TRY(section.at("catalog", id_of(*catalog)));
  const auto zone = TRY(section.text("zone"));
  if (zone) settings.zone = TRY(section.at("zone", known_zone(*zone)));
  return settings;
}

Result<> add_table(Settings& settings, const Section& section, const Table& table) {
  if (table.group == "source") {
    auto source = TRY(read_source(section, table));
    TRY(check_id(section, source, settings.sources));
    settings.sources.push_back(std::move(source));
  } else if (table.group == "destination") {
    auto destination = TRY(read_destination(section, table));
    TRY(check_id(section, destination, settings.destinations));
    TRY(check_sources(section, destination, settings));
    settings.destinations.push_back(std::move(destination));
  } else {
    return section.refuse(
        Cause::invalid, "", "a table is [source.NAME] or [destination.NAME], not {}", table.group);
  }
  return {};
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, std::string_view file) {
  auto document = read_document(text);
  if (!document) {
    document.error().where = fmt::format("{}:{}", file, document.error().where);
    return fail(std::move(document).error());
  }
  auto settings = TRY(read_top(Section(file, 1, "the top of the file", document->entries)));
  // Destinations name sources, so those come first, wherever they stand.
  std::ranges::sort(document->tables, {}, [](const Table& table) {
    return std::pair<bool, std::string_view>(table.group != "source", table.name);
  });
  for (const Table& table : document->tables) {
    const auto title = fmt::format("[{}.{}]", table.group, table.name);
    TRY(add_table(settings, Section(file, table.place.line, title, table.entries), table));
  }
  return settings;
}

}  // namespace keepsake::config
