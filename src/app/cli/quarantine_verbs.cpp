// SPDX-License-Identifier: GPL-3.0-or-later
// quarantine DEST list|restore|empty
#include "app/cli/verbs.h"
#include "base/text.h"
#include "job/quarantine.h"

#include <nlohmann/json.hpp>

namespace keepsake::app::cli {

namespace {

using nlohmann::json;

int done(const job::QuarantineReport& report, Printer& printer) {
  json left = json::array();
  for (const auto& it : report.left) {
    printer.insist(fmt::format("Left in quarantine: {}: {}", shown(it.asset), it.message));
    left.push_back({{"asset", shown(it.asset)},
                    {"name", shown(it.name)},
                    {"cause", name(it.cause)},
                    {"message", shown(it.message)}});
  }
  printer.emit({{"message_type", "summary"},
                {"assets", report.assets},
                {"files", report.files},
                {"bytes", report.bytes.value},
                {"left", left},
                {"exit_code", static_cast<int>(report.exit_code)}});
  return static_cast<int>(report.exit_code);
}

}  // namespace

Result<int> run_verb(const QuarantineList& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token&) {
  const auto list = TRY(job::list_quarantine(home, verb.destination));
  std::int64_t overdue = 0;
  ByteCount bytes;
  for (const job::Quarantined& it : list) {
    const auto& asset = it.account.asset;
    printer.say(fmt::format("{}  {:>10}  {}{}",
                            to_rfc3339(it.since).substr(0, 10),
                            readable(it.bytes),
                            shown(asset.key.id),
                            it.overdue ? "  (the next 'empty' deletes it)" : ""));
    printer.emit(
        {{"message_type", "quarantined"},
         {"source", it.account.source_name},
         {"asset", shown(asset.key.id)},
         {"name", shown(asset.name)},
         {"gone_at", it.account.gone_at ? json(to_rfc3339(*it.account.gone_at)) : json(nullptr)},
         {"quarantined_at", to_rfc3339(it.since)},
         {"files", it.files},
         {"bytes", it.bytes.value},
         {"overdue", it.overdue}});
    overdue += it.overdue ? 1 : 0;
    bytes += it.bytes;
  }
  if (list.empty()) printer.say("Nothing lies in quarantine there.");
  printer.emit({{"message_type", "summary"},
                {"count", list.size()},
                {"bytes", bytes.value},
                {"overdue", overdue},
                {"exit_code", 0}});
  return 0;
}

Result<int> run_verb(const QuarantineRestore& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token& stop) {
  const auto query = TRY(photo::Query::parse(verb.query).map_error(reaching(Scope::run)));
  const auto report = TRY(job::restore_from_quarantine(home, verb.destination, query, stop));
  printer.say(fmt::format("{} photos ({} files, {}) lie where they lay before, and stay there.",
                          report.assets,
                          report.files,
                          readable(report.bytes)));
  return done(report, printer);
}

Result<int> run_verb(const QuarantineEmpty& verb,
                     job::Home& home,
                     Printer& printer,
                     const std::stop_token& stop) {
  const auto last_copies = verb.last_copies ? job::LastCopies::remove : job::LastCopies::keep;
  const auto report = TRY(job::empty_quarantine(home, verb.destination, last_copies, stop));
  printer.say(fmt::format("Deleted {} photos ({} files, {}) for good.",
                          report.assets,
                          report.files,
                          readable(report.bytes)));
  const int code = done(report, printer);
  if (report.exit_code == job::ExitCode::safety_stop)
    printer.insist("To delete also photos that lie nowhere else: keepsake quarantine " +
                   verb.destination + " empty --last-copies");
  return code;
}

}  // namespace keepsake::app::cli
