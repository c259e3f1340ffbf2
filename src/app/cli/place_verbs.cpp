// SPDX-License-Identifier: GPL-3.0-or-later
// source add|sign-in|list|remove, destination add|list|remove|eject
#include "app/cli/verbs.h"
#include "job/add_place.h"
#include "job/eject.h"
#include "job/exit_code.h"
#include "job/sign_in.h"
#include "os/machine.h"
#include "storage/location.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace keepsake::app::cli {

namespace {

using nlohmann::json;

Result<storage::Location> location_of(const DestinationAdd& verb) {
  auto location = TRY(storage::parse_location(verb.url, std::filesystem::current_path())
                          .map_error(reaching(Scope::run)));
  if (verb.locked_days > 0) {
    auto* const bucket = std::get_if<storage::S3Place>(&location.place);
    if (bucket == nullptr || verb.kind != config::name(config::DestinationKind::vault))
      return job::misuse("--locked-days is for vaults in buckets: s3:https://host/bucket/folder");
    bucket->locked_days = verb.locked_days;
  }
  if (verb.ssh.empty()) return location;
  auto* const server = std::get_if<storage::SftpPlace>(&location.place);
  if (server == nullptr) return job::misuse("--ssh is for servers: sftp://user@host/path");
  server->ssh = verb.ssh;
  return location;
}

Result<config::SourceKind> source_kind(const std::string& word) {
  for (const auto kind :
       {config::SourceKind::folder, config::SourceKind::photos_library, config::SourceKind::icloud})
    if (config::name(kind) == word) return kind;
  return job::misuse(
      "this version has no source of the kind '{}'; it has: folder, photos-library, icloud", word);
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

/// Where photos come from, for people.
std::string place_of(const config::Source& source) {
  return source.paths.empty() ? source.account : source.paths.front().string();
}

Result<int> add_account(const SourceAdd& verb, job::Home& home, Printer& printer) {
  if (!verb.path.empty()) return job::misuse("an icloud source has no PATH");
  TRY(job::add_account(home, {verb.name, verb.account, verb.domain, verb.keyring}));
  return done(printer,
              fmt::format("Added the source '{0}'. It will only be read. Now sign in: keepsake "
                          "source sign-in {0}",
                          verb.name),
              {{"name", verb.name}, {"kind", verb.kind}});
}

/// Apple's passwords have no end of rules; here it is only asked for once.
Result<Secret> ask_apple_password(const std::string& source) {
  auto typed = os::ask_hidden(fmt::format("Password of the Apple Account of '{}': ", source));
  if (typed || typed.error().cause == Cause::cancelled) return typed;
  return fail(
      Error{Cause::wrong_password,
            "no password for the Apple Account; set KEEPSAKE_APPLE_PASSWORD, or sign in on a "
            "terminal",
            {},
            Scope::source});
}

Result<std::string> ask_code(const std::string& shown) {
  return os::ask_shown(fmt::format("The code that was {}: ", shown));
}

}  // namespace

Result<int> run_verb(const SourceAdd& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto kind = TRY(source_kind(verb.kind));
  if (kind == config::SourceKind::icloud) return add_account(verb, home, printer);
  if (!verb.account.empty() || !verb.domain.empty() || verb.keyring)
    return job::misuse("--account, --domain and --keyring are for icloud sources");
  if (verb.path.empty()) return job::misuse("where does it lie? Add its PATH");
  const auto path = TRY(storage::parse_folder(verb.path, std::filesystem::current_path())
                            .map_error(reaching(Scope::run)));
  TRY(job::add_source(home, verb.name, kind, path));
  return done(printer,
              "Added the source '" + verb.name + "'. It will only be read.",
              {{"name", verb.name}, {"kind", verb.kind}});
}

Result<int> run_verb(const SourceSignIn& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token& stop) {
  const auto ask_password = [&] { return ask_apple_password(verb.name); };
  const bool is_new =
      TRY(job::sign_in(home, verb.name, {verb.code, verb.sms}, ask_password, ask_code, stop));
  const auto days_left = job::sign_in_days_left(home, verb.name);
  const auto until = days_left ? fmt::format(" for {} days", *days_left) : std::string();
  return done(printer,
              fmt::format("'{}' is signed in{}{}.", verb.name, is_new ? "" : " already", until),
              {{"name", verb.name},
               {"signed_in", true},
               {"sign_in_days_left", days_left ? json(*days_left) : json(nullptr)}});
}

Result<int> run_verb(const SourceList&, job::Home& home, Printer& printer, const std::stop_token&) {
  json list = json::array();
  for (const config::Source& source : home.settings().sources) {
    const auto place = place_of(source);
    printer.say(fmt::format("{:<16} {:<14} {}", source.name, config::name(source.kind), place));
    const char* called = source.paths.empty() ? "account" : "path";
    list.push_back({{"name", source.name}, {"kind", config::name(source.kind)}, {called, place}});
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
  const bool existed = TRY(job::add_destination(home,
                                                {verb.name,
                                                 kind,
                                                 std::move(location),
                                                 verb.layout,
                                                 verb.albums,
                                                 verb.sidecars,
                                                 verb.keyring}));
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

Result<int> run_verb(const DestinationEject& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto ejected = TRY(job::eject(home, verb.name));
  const bool is_off = ejected && *ejected == os::Ejected::powered_off;
  const char* const said = is_off    ? "All is written, and the drive of '{}' is switched off. "
                                       "It can be unplugged."
                           : ejected ? "All is written, and the drive of '{}' is unmounted. It "
                                       "can be unplugged."
                                     : "The drive of '{}' is not mounted. It can be unplugged.";
  return done(printer,
              fmt::format(fmt::runtime(said), verb.name),
              {{"name", verb.name}, {"unmounted", ejected.has_value()}, {"powered_off", is_off}});
}

}  // namespace keepsake::app::cli
