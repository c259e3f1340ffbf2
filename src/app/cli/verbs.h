// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/printer.h"
#include "job/home.h"

#include <stop_token>

namespace keepsake::app::cli {

/// Runs what was typed and says what came of it; the exit code is the result. An error is one that
/// ended the verb.
Result<int> run(const Command& command,
                const job::HomePaths& paths,
                Printer& printer,
                const std::stop_token& stop);

// One function a verb, each in the file of its kind.
Result<int> run_verb(const SourceAdd&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const SourceSignIn&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const SourceList&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const SourceRemove&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const DestinationAdd&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const DestinationList&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const DestinationRemove&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const DestinationEject&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Backup&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Status&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Explain&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Verify&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Find&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Restore&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const Snapshots&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const QuarantineList&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const QuarantineRestore&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const QuarantineEmpty&, job::Home&, Printer&, const std::stop_token&);
Result<int> run_verb(const CatalogRebuild&, job::Home&, Printer&, const std::stop_token&);

/// Needs no home.
Result<int> run_verb(const SimulateIcloud&, Printer&, std::stop_token);

}  // namespace keepsake::app::cli
