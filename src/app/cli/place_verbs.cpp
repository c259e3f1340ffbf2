// SPDX-License-Identifier: GPL-3.0-or-later
// source add|list|remove, destination add|list|remove
#include "app/cli/verbs.h"
#include "job/add_place.h"
#include "job/exit_code.h"
#include "storage/location.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace keepsake::app::cli {

namespace {

using nlohmann::json;

Result<storage::Location> location_of(const DestinationAdd& verb) {
  auto location = TRY(storage::parse_location(verb.url, std::filesystem::current_path())
                          .map_error(reaching(Scope::run)));
  if (verb.ssh.empty()) return location;
  auto* const server = std::get_if<storage::SftpPlace>(&location.place);
  if (server == nullptr) return job::misuse("--ssh is for servers: sftp://user@host/path");
  server->ssh = verb.ssh;
  return location;
}

Result<config::SourceKind> source_kind(const std::string& word) {
  for (const auto kind : {config::SourceKind::folder, config::SourceKind::photos_library})
    if (config::name(kind) == word) return kind;
  return job::misuse("this version has no source of the kind '{}'; it has: folder, photos-library",
                     word);
}

Result<config::DestinationKind> kind_of(const std::string& word) {
  for (const auto kind : {config::DestinationKind::folder, config::DestinationKind::vault})
    if (config::name(kind) == word) return kind;
  return job::misuse("this version has no destination of the kind '{}'; it has: folder, vault",
                     word);
}

int done(Printer& printer, const std::string& line, json summary) {
  printer.say(line);
  summary["message_type"] = "summary";
  printer.emit(summary);
  return 0;
}

}  // namespace

Result<int> run_verb(const SourceAdd& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto kind = TRY(source_kind(verb.kind));
  const auto path = TRY(storage::parse_folder(verb.path, std::filesystem::current_path())
                            .map_error(reaching(Scope::run)));
  TRY(job::add_source(home, verb.name, kind, path));
  return done(printer,
              "Added the source '" + verb.name + "'. It will only be read.",
              {{"name", verb.name}, {"kind", verb.kind}});
}

Result<int> run_verb(const SourceList&, job::Home& home, Printer& printer, const std::stop_token&) {
  json list = json::array();
  for (const config::Source& source : home.settings().sources) {
    const auto path = source.paths.front().string();
    printer.say(fmt::format("{:<16} {:<14} {}", source.name, config::name(source.kind), path));
    list.push_back({{"name", source.name}, {"kind", config::name(source.kind)}, {"path", path}});
  }
  if (list.empty()) printer.say("There is no source yet: keepsake source add --help");
  printer.emit({{"message_type", "summary"}, {"sources", list}});
  return 0;
}

Result<int> run_verb(const SourceRemove& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  TRY(job::remove_source(home, verb.name));
  return done(printer,
              "Forgot the source '" + verb.name + "'. What was backed up from it stays.",
              {{"name", verb.name}});
}

Result<int> run_verb(const DestinationAdd& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto kind = TRY(kind_of(verb.kind));
  auto location = TRY(location_of(verb));
  const bool existed = TRY(job::add_destination(
      home, {verb.name, kind, std::move(location), verb.layout, verb.albums, verb.sidecars}));
  if (existed)
    printer.say(
        "It was there already, and was only looked at. If it holds a backup of photos that this "
        "home does not know, run: keepsake catalog rebuild");
  if (!existed && kind == config::DestinationKind::vault)
    printer.say(
        "Keep its password in a second place: without it nobody, not even this program, can open "
        "the vault.");
  return done(printer,
              "Added the destination '" + verb.name + "'.",
              {{"name", verb.name}, {"kind", verb.kind}, {"existed", existed}});
}

Result<int> run_verb(const DestinationList&,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  json list = json::array();
  for (const config::Destination& it : home.settings().destinations) {
    const auto path = it.location.url();
    printer.say(fmt::format("{:<16} {:<10} {}", it.name, config::name(it.kind), path));
    list.push_back({{"name", it.name}, {"kind", config::name(it.kind)}, {"url", path}});
  }
  if (list.empty()) printer.say("There is no destination yet: keepsake destination add --help");
  printer.emit({{"message_type", "summary"}, {"destinations", list}});
  return 0;
}

Result<int> run_verb(const DestinationRemove& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  TRY(job::remove_destination(home, verb.name));
  return done(printer,
              "Forgot the destination '" + verb.name + "'. Its files stay where they are.",
              {{"name", verb.name}});
}

}  // namespace keepsake::app::cli
