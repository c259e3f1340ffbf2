// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/verbs.h"
#include "app/environment.h"
#include "app/version.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

namespace keepsake::app::cli {

namespace {

template <class Value>
constexpr bool only_reads =
    std::is_same_v<Value, SourceList> || std::is_same_v<Value, DestinationList> ||
    std::is_same_v<Value, Status> || std::is_same_v<Value, Explain> ||
    std::is_same_v<Value, Find> || std::is_same_v<Value, Restore> ||
    std::is_same_v<Value, Snapshots> || std::is_same_v<Value, QuarantineList>;

}  // namespace

Result<int> run(const Command& command,
                const job::HomePaths& paths,
                Printer& printer,
                const std::stop_token& stop) {
  if (std::holds_alternative<Version>(command.verb)) {
    printer.insist("keepsake " + std::string(version));
    printer.emit({{"message_type", "summary"}, {"version", version}});
    return 0;
  }
  if (const auto* simulate = std::get_if<SimulateIcloud>(&command.verb))
    return run_verb(*simulate, printer, stop);
  TRY(log::write_to(paths.log));
  return std::visit(
      [&](const auto& verb) -> Result<int> {
        using Value = std::decay_t<decltype(verb)>;
        if constexpr (std::is_same_v<Value, Version> || std::is_same_v<Value, SimulateIcloud>) {
          return 0;
        } else {
          const auto access =
              only_reads<Value> ? job::Home::Access::reading : job::Home::Access::writing;
          auto home =
              TRY(job::Home::open(paths,
                                  access,
                                  os::system_clock(),
                                  outside_of({command.password_file, command.password_command})));
          return run_verb(verb, *home, printer, stop);
        }
      },
      command.verb);
}

}  // namespace keepsake::app::cli
