// SPDX-License-Identifier: GPL-3.0-or-later
// backup, verify, restore, catalog rebuild
#include "app/cli/verbs.h"
#include "base/text.h"
#include "job/backup.h"
#include "job/rebuild.h"
#include "job/restore.h"
#include "job/snapshots.h"
#include "job/verify.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>

namespace keepsake::app::cli {

namespace {

using nlohmann::json;

constexpr std::size_t most_named = 20;  // on a terminal; --json names all

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(shown(text));
}

std::string clock_text(std::chrono::seconds time) {
  const auto seconds = time.count();
  return seconds < 3600
             ? fmt::format("{}:{:02}", seconds / 60, seconds % 60)
             : fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// "1,204 of 40,000 photos · 12 GB of 300 GB · 85 MB/s · 56:10 left · IMG_0042.HEIC"
class ProgressLine {
 public:
  std::string operator()(const transfer::Progress& progress) const {
    const auto passed = std::chrono::steady_clock::now() - begun_;
    const auto seconds = std::max(std::chrono::duration<double>(passed).count(), 0.001);
    auto line = fmt::format("{} of {} photos · {}",
                            progress.assets_done,
                            progress.assets_total,
                            readable(progress.bytes_done));
    if (progress.bytes_total > progress.bytes_done) line += " of " + readable(progress.bytes_total);
    const auto rate = static_cast<double>(progress.bytes_done.value) / seconds;
    line += " · " + readable(ByteCount{static_cast<std::uint64_t>(rate)}) + "/s";
    if (progress.bytes_total > progress.bytes_done && rate > 0) {
      const auto rest =
          static_cast<double>(progress.bytes_total.value - progress.bytes_done.value) / rate;
      line += " · " + clock_text(std::chrono::seconds(static_cast<std::int64_t>(rest))) + " left";
    }
    return line + " · " + progress.current;
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

json backup_json(const job::BackupReport& report) {
  json destinations = json::array();
  for (const auto& it : report.destinations)
    destinations.push_back({{"name", it.name},
                            {"kind", it.kind},
                            {"held", it.held},
                            {"pending", it.pending},
                            {"failed", it.failed},
                            {"bytes_written", it.bytes_written.value},
                            {"snapshot", it.snapshot ? json(*it.snapshot) : json(nullptr)}});
  json not_safe = json::array();
  for (const catalog::NotSafe& it : report.not_safe)
    not_safe.push_back({{"asset", text_or_null(it.asset)},
                        {"name", text_or_null(it.name)},
                        {"destination", text_or_null(it.destination)},
                        {"cause", name(it.cause)},
                        {"message", shown(it.message)}});
  return {{"message_type", "summary"},
          {"run", report.run},
          {"assets_seen", report.assets.seen},
          {"assets_held", report.assets.held},
          {"assets_pending", report.assets.pending},
          {"assets_failed", report.assets.failed},
          {"assets_excluded", report.assets.excluded},
          {"ignored", report.ignored},
          {"renditions_fetched", report.tally.renditions_fetched},
          {"bytes_fetched", report.tally.bytes_fetched.value},
          {"renditions_adopted", report.tally.renditions_adopted},
          {"bytes_adopted", report.tally.bytes_adopted.value},
          {"files_not_adopted",
           report.files_not_adopted ? json(*report.files_not_adopted) : json(nullptr)},
          {"requests", report.requests},
          {"destinations", destinations},
          {"not_safe", not_safe},
          {"exit_code", static_cast<int>(report.exit_code)}};
}

/// A path says it all; an id that is no path needs the name beside it.
std::string called(const std::string& id, const std::string& name) {
  if (id.empty()) return name;
  return id.find(name) != std::string::npos ? id : fmt::format("{} ({})", name, id);
}

/// New or changed photos with something odd about their files: told once the run is over.
class OddPhotos {
 public:
  void note(const photo::Asset& asset) {
    if (++count_ <= most_told) first_.push_back({asset.key.id, asset.name, asset.warnings});
  }

  void say(Printer& printer) const {
    for (std::size_t i = 0; i < first_.size(); ++i) {
      const Photo& photo = first_[i];
      if (i < most_named)
        for (const std::string& warning : photo.warnings)
          printer.say(fmt::format("Note on {}: {}", shown(called(photo.id, photo.name)), warning));
      printer.emit({{"message_type", "odd"},
                    {"asset", shown(photo.id)},
                    {"name", shown(photo.name)},
                    {"warnings", photo.warnings}});
    }
    if (count_ > most_named)
      printer.say(fmt::format("{} more photos have notes: 'keepsake explain PHOTO' tells them.",
                              count_ - most_named));
  }

 private:
  static constexpr std::size_t most_told = 100;

  struct Photo {
    std::string id;
    std::string name;
    std::vector<std::string> warnings;
  };

  std::vector<Photo> first_;
  std::size_t count_ = 0;
};

void say_backup(const job::BackupReport& report, bool dry_run, Printer& printer) {
  if (dry_run) {
    printer.say(
        fmt::format("A dry run: nothing was written. {} photos are known.", report.assets.seen));
    return;
  }
  printer.say(fmt::format("{} photos seen: {} held everywhere, {} pending, {} failed, {} excluded.",
                          report.assets.seen,
                          report.assets.held,
                          report.assets.pending,
                          report.assets.failed,
                          report.assets.excluded));
  printer.say(fmt::format("{} files read ({}); {} files that are no photos were left out.",
                          report.tally.renditions_fetched,
                          readable(report.tally.bytes_fetched),
                          report.ignored));
  if (report.files_not_adopted)
    printer.say(fmt::format(
        "{} of them ({}) were adopted and not downloaded; nothing was taken of {} other files "
        "there, which stay as they are.",
        report.tally.renditions_adopted,
        readable(report.tally.bytes_adopted),
        *report.files_not_adopted));
  for (const auto& it : report.destinations)
    printer.say(fmt::format(
        "  {:<16} holds {} files; wrote {}{}",
        it.name,
        it.held,
        readable(it.bytes_written),
        it.pending + it.failed > 0 ? fmt::format("; still lacks {}", it.pending + it.failed) : ""));
  if (report.not_safe.empty()) return;
  printer.insist("Not safe yet:");
  for (std::size_t i = 0; i < report.not_safe.size() && i < most_named; ++i) {
    const catalog::NotSafe& it = report.not_safe[i];
    printer.insist(fmt::format("  {}{}{}: {}",
                               shown(called(it.asset, it.name)),
                               it.destination.empty() || (it.asset + it.name).empty() ? "" : " in ",
                               it.destination,
                               shown(it.message)));
  }
  if (report.not_safe.size() > most_named)
    printer.insist(
        fmt::format("  … and {} more; 'keepsake backup --json' or 'keepsake explain' "
                    "names them all",
                    report.not_safe.size() - most_named));
  printer.insist("Everything else is safe. The next backup tries these again.");
}

Result<verify::Amount> amount_of(std::string_view text) {
  if (text == "all") return verify::Amount{1};
  if (text == "packs") return verify::Amount{1, true};
  if (text == "none") return verify::Amount{0};
  double percent = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  const auto unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  const bool is_share = error == std::errc() && unit == "%" && percent > 0 && percent <= 100;
  if (!is_share)
    return job::misuse("--read takes all, packs, none, or a share such as 10%; not '{}'", text);
  return verify::Amount{percent / 100};
}

json verify_json(const job::VerifyReport& report) {
  json destinations = json::array();
  for (const auto& it : report.destinations)
    destinations.push_back({{"name", it.name},
                            {"checked", it.checked},
                            {"bytes_read", it.bytes_read.value},
                            {"damaged", it.damaged},
                            {"missing", it.missing},
                            {"repaired", it.repaired}});
  json damaged = json::array();
  for (const auto& it : report.damaged)
    damaged.push_back({{"destination", it.destination},
                       {"path", it.path},
                       {"asset", text_or_null(it.asset)},
                       {"cause", name(it.cause)},
                       {"repaired", it.repaired}});
  return {{"message_type", "summary"},
          {"destinations", destinations},
          {"damaged", damaged},
          {"notes", report.notes},
          {"exit_code", static_cast<int>(report.exit_code)}};
}

void say_verify(const job::VerifyReport& report, Printer& printer) {
  for (const auto& it : report.damaged)
    printer.insist(fmt::format("{} in {}: {} {}",
                               it.cause == Cause::not_found ? "Missing" : "Damaged",
                               it.destination,
                               it.path,
                               it.repaired ? "(healed)" : "(not healed)"));
  for (const auto& it : report.destinations)
    printer.say(
        fmt::format("{}: {} files checked, {} read back; {} damaged, {} missing, {} healed.",
                    it.name,
                    it.checked,
                    readable(it.bytes_read),
                    it.damaged,
                    it.missing,
                    it.repaired));
  for (const std::string& note : report.notes) printer.insist(note);
  if (report.exit_code == job::ExitCode::damage_found)
    printer.insist(
        "To heal what can be healed from another destination or the source: keepsake "
        "verify --repair");
}

}  // namespace

Result<int> run_verb(const Backup& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token& stop) {
  const ProgressLine line;
  job::BackupWatcher watcher;
  watcher.look.ignored = [&](std::string_view path) {
    if (!printer.verbose()) return;
    printer.say("No photo: " + shown(path));
    printer.emit({{"message_type", "ignored"}, {"path", shown(path)}});
  };
  OddPhotos odd;
  watcher.look.odd = [&](const photo::Asset& asset) { odd.note(asset); };
  watcher.warning = [&](std::string_view where, std::string_view message) {
    printer.insist(fmt::format("Note on {}: {}", shown(where), message));
    printer.emit(
        {{"message_type", "warning"}, {"source", shown(where)}, {"message", shown(message)}});
  };
  if (printer.shows_progress())
    watcher.progress = [&](const transfer::Progress& progress) {
      printer.progress(line(progress));
    };
  watcher.would_keep = [&](const photo::Account& account,
                           const photo::Rendition& rendition,
                           const std::vector<std::string>& destinations,
                           const std::optional<std::filesystem::path>& adopted) {
    std::string names;
    for (const std::string& it : destinations) names += " " + it;
    printer.say(fmt::format("Would keep {} ({}) in{}{}",
                            shown(rendition.name),
                            readable(rendition.size),
                            names,
                            adopted ? ", adopted from " + shown(adopted->string()) : ""));
    printer.emit({{"message_type", "step"},
                  {"asset", shown(account.asset.key.id)},
                  {"role", photo::name(rendition.role)},
                  {"name", shown(rendition.name)},
                  {"size", rendition.size.value},
                  {"destinations", destinations},
                  {"adopted", adopted ? json(shown(adopted->string())) : json(nullptr)}});
  };
  watcher.would_move =
      [&](const photo::Account& account, const std::string& destination, const std::string& to) {
        printer.say(
            fmt::format("Would move {} in {} to {}", shown(account.asset.name), destination, to));
        printer.emit({{"message_type", "move"},
                      {"asset", shown(account.asset.key.id)},
                      {"destination", destination},
                      {"to", to}});
      };
  std::size_t upset_photos = 0;
  watcher.upset = [&](const photo::Account& account, plan::Upset upset) {
    const auto& id = account.asset.key.id;
    if (++upset_photos <= most_named)
      printer.insist(
          fmt::format("Would be {}: {}", name(upset), shown(called(id, account.asset.name))));
    printer.emit({{"message_type", "change"},
                  {"source", account.source_name},
                  {"asset", shown(id)},
                  {"name", shown(account.asset.name)},
                  {"change", name(upset)}});
  };
  auto* catalog = TRY(home.catalog());
  const auto report = job::back_up(
      home, {verb.sources, verb.to, verb.dry_run, verb.accept_changes, verb.adopt}, watcher, stop);
  printer.end_progress();
  if (!report) {
    if (report.error().cause == Cause::cancelled)
      return fail(Error{Cause::cancelled,
                        "interrupted; what was finished is safe, and the next backup goes on from "
                        "there",
                        {},
                        Scope::run});
    return fail(report.error());
  }
  const auto summary = backup_json(*report);
  TRY(catalog->finish_run(report->run, static_cast<int>(report->exit_code), summary.dump()));
  odd.say(printer);
  say_backup(*report, verb.dry_run, printer);
  printer.emit(summary);
  return static_cast<int>(report->exit_code);
}

Result<int> run_verb(const Verify& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token& stop) {
  job::VerifyOptions options;
  options.destinations = verb.destinations;
  options.amount = TRY(amount_of(verb.read));
  options.repair = verb.repair;
  const auto report = job::verify_and_repair(
      home,
      options,
      [&](const verify::Progress& progress) {
        printer.progress(progress.bytes_total.value > 0
                             ? fmt::format("{} of {} read back",
                                           readable(progress.bytes_done),
                                           readable(progress.bytes_total))
                             : fmt::format("{} files checked · {} read back",
                                           progress.files_done,
                                           readable(progress.bytes_done)));
      },
      stop);
  printer.end_progress();
  if (!report) return fail(report.error());
  say_verify(*report, printer);
  printer.emit(verify_json(*report));
  return static_cast<int>(report->exit_code);
}

Result<int> run_verb(const Restore& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token& stop) {
  job::RestoreOptions options;
  options.query = TRY(photo::Query::parse(verb.query).map_error(reaching(Scope::run)));
  options.from = verb.from;
  options.to = TRY(storage::parse_folder(verb.to, std::filesystem::current_path())
                       .map_error(reaching(Scope::run)));
  options.at = verb.at;
  options.dry_run = verb.dry_run;
  const auto report = job::restore(
      home,
      options,
      [&](const std::string& path) {
        if (verb.dry_run) {
          printer.say("Would restore " + path);
          printer.emit({{"message_type", "step"}, {"path", path}});
        }
        printer.progress("Restoring " + path);
      },
      stop);
  printer.end_progress();
  if (!report) return fail(report.error());
  json not_restored = json::array();
  for (const auto& it : report->not_restored) {
    printer.insist("Not restored: " + it.path + ": " + it.message);
    not_restored.push_back({{"asset", shown(it.asset)},
                            {"path", it.path},
                            {"cause", name(it.cause)},
                            {"message", it.message}});
  }
  printer.say(fmt::format(
      "{} {} photos ({} files, {}){}.",
      verb.dry_run ? "Would restore" : "Restored",
      report->assets,
      report->files,
      readable(report->bytes),
      report->equal > 0 ? fmt::format("; {} files were there already", report->equal) : ""));
  if (report->not_there > 0)
    printer.say(
        fmt::format("{} photos of the query were never held by {}.", report->not_there, verb.from));
  printer.emit({{"message_type", "summary"},
                {"assets", report->assets},
                {"files", report->files},
                {"equal", report->equal},
                {"bytes", report->bytes.value},
                {"not_there", report->not_there},
                {"not_restored", not_restored},
                {"exit_code", static_cast<int>(report->exit_code)}});
  return static_cast<int>(report->exit_code);
}

Result<int> run_verb(const Snapshots& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto list = TRY(job::list_snapshots(home, verb.destination));
  for (const vault::Snapshot& snapshot : list.snapshots) {
    printer.say(fmt::format("{}  {}  {:<18} {}",
                            snapshot.id.hex().substr(0, 8),
                            snapshot.time.substr(0, 19),
                            shown(snapshot.hostname),
                            shown(fmt::format("{}", fmt::join(snapshot.paths, " ")))));
    printer.emit({{"message_type", "snapshot"},
                  {"id", snapshot.id.hex()},
                  {"time", snapshot.time},
                  {"host", snapshot.hostname},
                  {"paths", snapshot.paths},
                  {"tags", snapshot.tags}});
  }
  for (const std::string& note : list.notes) printer.insist(note);
  if (list.snapshots.empty()) printer.say("There is no snapshot in it yet.");
  printer.emit({{"message_type", "summary"},
                {"count", list.snapshots.size()},
                {"notes", list.notes},
                {"exit_code", static_cast<int>(list.exit_code)}});
  return static_cast<int>(list.exit_code);
}

Result<int> run_verb(const CatalogRebuild& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto report = TRY(job::rebuild_catalog(home, verb.catalog));
  for (const std::string& line : report.absent) printer.insist("Not read: " + line);
  if (report.unreadable > 0)
    printer.insist(
        fmt::format("{} records could not be read; their photos are found again by the "
                    "next backup",
                    report.unreadable));
  printer.say(fmt::format("The catalog was made anew: {} files in {} destinations.",
                          report.files,
                          report.destinations.size()));
  printer.emit({{"message_type", "summary"},
                {"files", report.files},
                {"unreadable", report.unreadable},
                {"destinations", report.destinations},
                {"absent", report.absent},
                {"exit_code", static_cast<int>(report.exit_code)}});
  return static_cast<int>(report.exit_code);
}

}  // namespace keepsake::app::cli
