// SPDX-License-Identifier: GPL-3.0-or-later
// status, explain, find
#include "app/cli/asset_json.h"
#include "app/cli/verbs.h"
#include "base/text.h"
#include "catalog/report.h"
#include "job/exit_code.h"
#include "job/sign_in.h"

#include <nlohmann/json.hpp>

namespace keepsake::app::cli {

namespace {

using nlohmann::json;

json time_or_null(const std::optional<Instant>& time) {
  return time ? json(to_rfc3339(*time)) : json(nullptr);
}

std::string when(const std::optional<Instant>& time) { return time ? to_rfc3339(*time) : "never"; }

/// Whether no backup came for longer than its owner wants to go without one.
bool is_backup_due(const catalog::DestinationSum& it, const job::Home& home) {
  const auto* const settings = home.settings().destination(it.name);
  if (settings == nullptr) return false;
  return !it.last_success ||
         home.clock().now() - *it.last_success > std::chrono::days(settings->remind_days);
}

json status_json(const catalog::Status& status, const job::Home& home) {
  json sources = json::array();
  for (const catalog::SourceSum& it : status.sources) {
    const auto days_left = job::sign_in_days_left(home, it.name);
    sources.push_back({{"name", it.name},
                       {"kind", it.kind},
                       {"assets", it.assets},
                       {"last_success", time_or_null(it.last_success)},
                       {"sign_in_days_left", days_left ? json(*days_left) : json(nullptr)}});
  }
  json destinations = json::array();
  for (const catalog::DestinationSum& it : status.destinations)
    destinations.push_back({{"name", it.name},
                            {"kind", it.kind},
                            {"held", it.held},
                            {"verified", it.verified},
                            {"pending", it.pending},
                            {"failed", it.failed},
                            {"excluded", it.excluded},
                            {"last_success", time_or_null(it.last_success)},
                            {"backup_due", is_backup_due(it, home)},
                            {"last_verified", time_or_null(it.last_verified)},
                            {"bytes", it.bytes.value}});
  return {{"message_type", "summary"},
          {"assets", status.assets},
          {"renditions", status.renditions},
          {"at_risk", status.at_risk},
          {"sources", sources},
          {"destinations", destinations}};
}

void say_status(const catalog::Status& status, const job::Home& home, Printer& printer) {
  printer.say(fmt::format("{} photos in {} files; {} are at risk (fewer than two copies).",
                          status.assets,
                          status.renditions,
                          status.at_risk));
  for (const catalog::SourceSum& it : status.sources) {
    const auto days_left = job::sign_in_days_left(home, it.name);
    printer.say(
        fmt::format("  from {:<16} {} photos, last read {}{}",
                    it.name,
                    it.assets,
                    when(it.last_success),
                    days_left ? fmt::format("; signed in for {} more days", *days_left) : ""));
  }
  for (const catalog::DestinationSum& it : status.destinations) {
    printer.say(
        fmt::format("  in   {:<16} {} files ({}), {} of them verified; last backup {}, last "
                    "verified {}",
                    it.name,
                    it.held,
                    readable(it.bytes),
                    it.verified,
                    when(it.last_success),
                    when(it.last_verified)));
    if (is_backup_due(it, home))
      printer.say(fmt::format(
          "       {:<16} a backup is due: bring it within reach, then 'keepsake backup'", ""));
    if (it.pending + it.failed + it.excluded > 0)
      printer.say(fmt::format("       {:<16} lacks {} pending, {} failed; {} excluded by rule",
                              "",
                              it.pending,
                              it.failed,
                              it.excluded));
  }
}

Result<std::vector<job::NamedDestination>> named_destinations(catalog::Catalog& catalog) {
  std::vector<job::NamedDestination> named;
  const auto known = TRY(catalog.destinations());
  named.reserve(known.size());
  for (const catalog::Place& place : known) named.push_back({place.row, place.name});
  return named;
}

Result<std::vector<photo::Account>> accounts_called(catalog::Catalog& catalog,
                                                    std::string_view name) {
  std::vector<photo::Account> accounts;
  const auto rows = TRY(catalog.assets_called(name));
  for (const std::int64_t row : rows) {
    auto account = TRY(catalog.account(row));
    if (account) accounts.push_back(*std::move(account));
  }
  return accounts;
}

void say_file(const photo::Account& account,
              const photo::History& file,
              const std::vector<job::NamedDestination>& destinations,
              Printer& printer) {
  for (const photo::Version& version : file.versions) {
    const bool current = &version == file.current();
    printer.say(fmt::format("  {} {} ({}){}",
                            photo::name(file.role),
                            shown(file.name),
                            readable(version.size),
                            current ? "" : fmt::format(", version {}, superseded", version.seq)));
    if (version.content) printer.say("    SHA-256 " + version.content->sha256.hex());
    for (const job::NamedDestination& destination : destinations) {
      const auto state = state_of(account, version, destination.row);
      auto line = fmt::format("    {}: {}", destination.name, state.state);
      if (state.kept != nullptr) {
        line += ", " + state.kept->path;
        line += state.kept->verified_at ? ", verified " + to_rfc3339(*state.kept->verified_at)
                                        : ", not verified yet";
      }
      if (!state.message.empty()) line += " (" + state.message + ")";
      if (current || state.kept != nullptr) printer.say(line);
    }
  }
}

void say_account(const photo::Account& account,
                 const std::vector<job::NamedDestination>& destinations,
                 Printer& printer) {
  const photo::Asset& asset = account.asset;
  printer.say(fmt::format(
      "{} from {} ({})", shown(asset.key.id), account.source_name, photo::name(asset.kind)));
  if (asset.taken)
    printer.say(fmt::format(
        "  taken {} (from {})", to_rfc3339(asset.taken->time), photo::name(asset.taken->from)));
  if (account.moved_from)
    printer.say(
        fmt::format("  was {} before (moved or imported anew)", shown(account.moved_from->id)));
  if (account.gone_at) printer.say("  gone from its source since " + to_rfc3339(*account.gone_at));
  for (const std::string& warning : account.warnings()) printer.say("  note: " + warning);
  for (const photo::History& file : account.files) say_file(account, file, destinations, printer);
}

json versions_json(const photo::Account& account) {
  json list = json::array();
  for (const photo::History& file : account.files)
    for (const photo::Version& version : file.versions)
      list.push_back(
          {{"role", photo::name(file.role)},
           {"name", shown(file.name)},
           {"seq", version.seq},
           {"size", version.size.value},
           {"sha256", version.content ? json(version.content->sha256.hex()) : json(nullptr)},
           {"first_seen", to_rfc3339(version.first_seen)},
           {"superseded_at", time_or_null(version.superseded_at)}});
  return list;
}

}  // namespace

Result<int> run_verb(const Status&, job::Home& home, Printer& printer, const std::stop_token&) {
  auto* catalog = TRY(home.catalog());
  const auto status = TRY(catalog::status(*catalog));
  say_status(status, home, printer);
  printer.emit(status_json(status, home));
  return 0;
}

Result<int> run_verb(const Explain& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  auto* catalog = TRY(home.catalog());
  const auto accounts = TRY(accounts_called(*catalog, verb.photo));
  const auto destinations = TRY(named_destinations(*catalog));
  if (accounts.empty())
    return job::misuse("no photo is called '{}'; 'keepsake find' lists them", verb.photo);
  if (accounts.size() > 1) {
    for (const photo::Account& account : accounts) {
      printer.insist(fmt::format("{} ({})", shown(account.asset.key.id), account.source_name));
      printer.emit(asset_json(account, destinations));
    }
    return job::misuse(
        "{} photos are called '{}'; name one by its id", accounts.size(), verb.photo);
  }
  const photo::Account& account = accounts.front();
  say_account(account, destinations, printer);
  auto object = asset_json(account, destinations);
  object["versions"] = versions_json(account);
  object["warnings"] = account.warnings();
  printer.emit(object);
  printer.emit({{"message_type", "summary"}, {"count", 1}});
  return 0;
}

Result<int> run_verb(const Find& verb, job::Home& home, Printer& printer, const std::stop_token&) {
  const auto query = TRY(photo::Query::parse(verb.query).map_error(reaching(Scope::run)));
  auto* catalog = TRY(home.catalog());
  const auto destinations = TRY(named_destinations(*catalog));
  std::int64_t count = 0;
  const auto take = [&](const photo::Account& account) -> Result<> {
    ++count;
    if (printer.json()) {
      printer.emit(asset_json(account, destinations));
    } else {
      printer.say(
          fmt::format("{:<32} {:<6} {}{}",
                      account.asset.taken ? to_rfc3339(account.asset.taken->time) : "undated",
                      photo::name(account.asset.kind),
                      shown(account.asset.key.id),
                      account.gone_at ? "  (gone from its source)" : ""));
    }
    return {};
  };
  TRY(job::each_matching(*catalog, home.settings(), query, job::Gone::included, take)
          .map_error(reaching(Scope::run)));
  printer.say(fmt::format("{} photos", count));
  printer.emit({{"message_type", "summary"}, {"count", count}});
  return 0;
}

}  // namespace keepsake::app::cli
