// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"

#include "app/cli/verbs.h"
#include "app/environment.h"
#include "job/exit_code.h"
#include "os/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <string_view>

namespace keepsake::app {

namespace {

/// A mistake in the command line is told as every error is: with --json as a JSON line.
int tell(const cli::Instead& instead, bool json) {
  if (instead.exit_code == 0 || !json) {
    fmt::print(instead.exit_code == 0 ? stdout : stderr, "{}", instead.text);
    return instead.exit_code;
  }
  cli::Command command;
  command.json = true;
  const auto sentence = instead.text.substr(0, instead.text.find('\n'));
  cli::Printer(command).error(Error{Cause::invalid, sentence, {}, Scope::run}, instead.exit_code);
  return instead.exit_code;
}

int run(int count, char** words) {
  const auto parsed = cli::parse(count, words);
  if (const auto* instead = std::get_if<cli::Instead>(&parsed))
    return tell(*instead,
                std::find(words, words + count, std::string_view("--json")) != words + count);
  const auto& command = std::get<cli::Command>(parsed);
  cli::Printer printer(command);
  const auto stop = os::stop_on_signals();
  const auto paths = locate_home(command.settings);
  const auto result =
      paths ? cli::run(command, *paths, printer, stop) : Result<int>(fail(paths.error()));
  if (result) return *result;
  const int code = static_cast<int>(job::exit_code_of(result.error()));
  printer.error(result.error(), code);
  return code;
}

}  // namespace

int run_program(int count, char** words) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): set once, before any thread starts
  std::setlocale(LC_CTYPE, "C.UTF-8");
  try {
    return run(count, words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "keepsake: an unexpected failure of the program: {}\n", error.what());
    return static_cast<int>(job::ExitCode::failed);
  }
}

}  // namespace keepsake::app
