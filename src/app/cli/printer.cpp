// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/printer.h"

#include "base/text.h"
#include "os/machine.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace keepsake::app::cli {

namespace {

constexpr auto between_draws = std::chrono::milliseconds(100);
constexpr std::string_view erase_line = "\r\x1b[K";

/// What goes to a terminal must not be able to command it: control characters of file names are
/// shown, not sent.
std::string harmless(std::string_view text) {
  std::string out;
  for (const char c : shown(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

void print_line(std::FILE* file, std::string_view line) { fmt::print(file, "{}\n", line); }

}  // namespace

Printer::Printer(const Command& command)
    : json_(command.json), quiet_(command.quiet), verbose_(command.verbose) {
  if (!command.no_progress && !command.quiet) width_ = os::terminal_width().value_or(0);
}

void Printer::say(std::string_view line) const {
  if (!json_ && !quiet_) print_line(stdout, harmless(line));
}

void Printer::insist(std::string_view line) const {
  if (!json_) print_line(stdout, harmless(line));
}

void Printer::emit(const nlohmann::json& object) const {
  if (json_)
    print_line(stdout, object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): it is the printer that was asked
void Printer::flush() { std::fflush(stdout); }

void Printer::error(const Error& error, int exit_code) {
  end_progress();
  if (json_) {
    emit({{"message_type", "error"},
          {"code", exit_code},
          {"cause", name(error.cause)},
          {"message", shown(error.message())}});
  } else {
    print_line(stderr, "keepsake: " + harmless(error.message()));
  }
}

void Printer::progress(const std::string& line) {
  if (width_ <= 0) return;
  moving_.with([&](Moving& moving) {
    const auto now = std::chrono::steady_clock::now();
    if (moving.there && now - moving.drawn < between_draws) return;
    auto text = harmless(line);
    if (text.size() > static_cast<std::size_t>(width_) - 1)
      text.resize(static_cast<std::size_t>(width_) - 1);
    fmt::print(stderr, "{}{}", erase_line, text);
    std::fflush(stderr);
    moving = {now, true};
  });
}

void Printer::end_progress() {
  moving_.with([](Moving& moving) {
    if (moving.there) fmt::print(stderr, "{}", erase_line);
    moving.there = false;
  });
}

}  // namespace keepsake::app::cli
