// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/settings.h"

#include "config/choices.h"
#include "config/document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace keepsake::config {

namespace {

template <class Value, std::size_t count>
std::string_view name_in(const Choices<Value, count>& choices, Value value) {
  return std::ranges::find(choices, value, &Choice<Value>::value)->name;
}

template <class Named>
const Named* named(const std::vector<Named>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  return found == all.end() ? nullptr : &*found;
}

std::string list_of(std::vector<std::string> texts) {
  for (std::string& text : texts) text = toml_text(text);
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace

std::string_view name(SourceKind kind) { return name_in(source_kinds, kind); }

std::string_view name(DestinationKind kind) { return name_in(destination_kinds, kind); }

std::string_view name(Albums albums) { return name_in(albums_choices, albums); }

std::string_view name(Sidecars sidecars) { return name_in(sidecars_choices, sidecars); }

std::string_view name(OnSourceDelete rule) { return name_in(on_source_delete_choices, rule); }

std::string_view name(Confirm confirm) { return name_in(confirm_choices, confirm); }

std::string_view name(Secrets secrets) { return name_in(secrets_choices, secrets); }

bool is_name(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !text.empty() && text.size() <= 32 && text.front() != '-' &&
         text.find_first_not_of(letters) == std::string_view::npos;
}

const Source* Settings::source(std::string_view name) const { return named(sources, name); }

const Destination* Settings::destination(std::string_view name) const {
  return named(destinations, name);
}

std::string to_toml(const Source& source) {
  const Source standard;
  auto text = fmt::format("[source.{}]\nid = {}\nkind = {}\n",
                          source.name,
                          toml_text(source.id.hex()),
                          toml_text(name(source.kind)));
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("{} = {}\n", key, value);
  };
  std::vector<std::string> paths;
  paths.reserve(source.paths.size());
  for (const auto& path : source.paths) paths.push_back(path.string());
  if (!paths.empty()) add("path", paths.size() == 1 ? toml_text(paths.front()) : list_of(paths));
  if (!source.account.empty()) add("account", toml_text(source.account));
  if (source.domain != standard.domain) add("domain", toml_text(name(source.domain)));
  if (source.bandwidth) add("bandwidth", toml_text(source.bandwidth->text()));
  if (source.secrets != standard.secrets) add("secrets", toml_text(name(source.secrets)));
  return text;
}

std::string to_toml(const Destination& destination) {
  const Destination standard;
  auto text = fmt::format("[destination.{}]\nid = {}\nkind = {}\nurl = {}\n",
                          destination.name,
                          toml_text(destination.id.hex()),
                          toml_text(name(destination.kind)),
                          toml_text(destination.location.url()));
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("{} = {}\n", key, value);
  };
  const auto* const server = std::get_if<storage::SftpPlace>(&destination.location.place);
  if (server != nullptr && server->ssh != storage::SftpPlace{}.ssh)
    add("ssh", toml_text(server->ssh));
  const auto* const bucket = std::get_if<storage::S3Place>(&destination.location.place);
  if (bucket != nullptr && !bucket->storage_class.empty())
    add("storage_class", toml_text(bucket->storage_class));
  if (bucket != nullptr && bucket->locked_days > 0)
    add("locked_days", std::to_string(bucket->locked_days));
  if (destination.layout != standard.layout) add("layout", toml_text(destination.layout.text()));
  if (destination.albums != standard.albums) add("albums", toml_text(name(destination.albums)));
  if (destination.sidecars != standard.sidecars)
    add("sidecars", toml_text(name(destination.sidecars)));
  std::vector<std::string> excluded;
  excluded.reserve(destination.exclude.size());
  for (const photo::Query& query : destination.exclude) excluded.push_back(query.text());
  if (!excluded.empty()) add("exclude", list_of(excluded));
  if (destination.sources) add("sources", list_of(*destination.sources));
  if (destination.on_source_delete != standard.on_source_delete)
    add("on_source_delete", toml_text(name(destination.on_source_delete)));
  if (destination.quarantine_days != standard.quarantine_days)
    add("quarantine_days", std::to_string(destination.quarantine_days));
  if (destination.confirm) add("confirm", toml_text(name(*destination.confirm)));
  if (destination.remind_days != standard.remind_days)
    add("remind_days", std::to_string(destination.remind_days));
  if (destination.bandwidth) add("bandwidth", toml_text(destination.bandwidth->text()));
  if (destination.secrets != standard.secrets) add("secrets", toml_text(name(destination.secrets)));
  return text;
}

}  // namespace keepsake::config
