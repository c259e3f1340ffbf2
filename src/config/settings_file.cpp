// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/settings_file.h"

#include "base/bytes.h"
#include "base/path.h"
#include "base/text.h"
#include "config/document.h"
#include "os/folder.h"

#include <utility>

namespace keepsake::config {

namespace {

/// Far more than any settings need; a larger file is not ours.
constexpr ByteCount largest_file{1U << 20U};

constexpr std::string_view first_lines =
    "# The settings of Keepsake. You may edit them: what you write here stays.\n"
    "version = 1\n";

template <class Named>
Result<> insert(std::vector<Named>& all, const Named& added) {
  const auto place = std::ranges::lower_bound(all, added.name, {}, &Named::name);
  if (place != all.end() && place->name == added.name)
    return fail(Cause::conflict, "there already is one with the name {}", added.name);
  all.insert(place, added);
  return {};
}

template <class Named>
Result<> erase(std::vector<Named>& all, std::string_view name) {
  if (std::erase_if(all, [&](const Named& one) { return one.name == name; }) > 0) return {};
  return fail(Cause::not_found, "there is none with the name {}", name);
}

Result<> check_unused(const Settings& settings, std::string_view source) {
  for (const Destination& destination : settings.destinations)
    for (const std::string& name : destination.sources.value_or(std::vector<std::string>{}))
      if (name == source)
        return fail(Cause::conflict,
                    "the destination {} takes photos from {}; edit its line \"sources\" first",
                    destination.name,
                    source);
  return {};
}

}  // namespace

SettingsFile::SettingsFile(const std::filesystem::path& file) : file_(os::resolved(file)) {}

Result<Settings> SettingsFile::read() const {
  const auto text = TRY(read_text());
  return parse_settings(text, file_.string());
}

Result<> SettingsFile::set_catalog(const Id128& catalog) const {
  return change(
      [&](Settings& settings) -> Result<> {
        settings.catalog = catalog;
        return {};
      },
      [&](std::string_view text) { return with_entry(text, "catalog", toml_text(catalog.hex())); });
}

Result<> SettingsFile::set_zone(const std::string& zone) const {
  return change(
      [&](Settings& settings) -> Result<> {
        settings.zone = zone;
        return {};
      },
      [&](std::string_view text) { return with_entry(text, "zone", toml_text(zone)); });
}

Result<> SettingsFile::add(const Source& source) const {
  return change([&](Settings& settings) { return insert(settings.sources, source); },
                [&](std::string_view text) { return with_table(text, to_toml(source)); });
}

Result<> SettingsFile::add(const Destination& destination) const {
  return change([&](Settings& settings) { return insert(settings.destinations, destination); },
                [&](std::string_view text) { return with_table(text, to_toml(destination)); });
}

Result<> SettingsFile::remove_source(std::string_view name) const {
  return change(
      [&](Settings& settings) -> Result<> {
        TRY(check_unused(settings, name));
        return erase(settings.sources, name);
      },
      [&](std::string_view text) { return without_table(text, "source", name); });
}

Result<> SettingsFile::remove_destination(std::string_view name) const {
  return change([&](Settings& settings) { return erase(settings.destinations, name); },
                [&](std::string_view text) { return without_table(text, "destination", name); });
}

Result<std::string> SettingsFile::read_text() const {
  auto folder = os::open_folder(file_.parent_path());
  if (!folder && folder.error().cause == Cause::absent) return std::string();
  if (!folder) return fail(std::move(folder).error());
  const auto name = TRY(RelativePath::parse(file_.filename().string()));
  const auto there = TRY((*folder)->look(name));
  if (!there) return std::string();
  const auto bytes = TRY((*folder)->read_all(name, largest_file));
  return std::string(text_of(bytes));
}

Result<> SettingsFile::write_text(const std::string& text) const {
  const auto folder = TRY(os::make_folder(file_.parent_path()));
  const auto name = TRY(RelativePath::parse(file_.filename().string()));
  return os::write_private(*folder, name, bytes_of(text));
}

Result<> SettingsFile::change(const ChangeSettings& meant, const ChangeText& edit) const {
  const auto text = TRY(read_text());
  auto settings = TRY(parse_settings(text, file_.string()));
  TRY(meant(settings));
  const auto edited = TRY(edit(text.empty() ? first_lines : std::string_view(text)));
  if (!is_utf8(edited))
    return fail(Cause::unsupported, "settings can only name paths that are UTF-8");
  const auto read_again = TRY(parse_settings(edited, file_.string()));
  if (read_again != settings)
    return fail(Cause::unsupported,
                "{} is written in a way that cannot be changed safely; please edit it by hand",
                file_.string());
  return write_text(edited);
}

}  // namespace keepsake::config
