// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"
#include "simulate/corpus.h"
#include "simulate/demo_library.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

// keepsake-pictures: makes photo libraries for the demo, the tests and the measurements.
namespace {

using namespace keepsake;

constexpr std::string_view usage =
    "keepsake-pictures demo   DIR [--seed N]                       a small library that really "
    "decodes\n"
    "keepsake-pictures photos DIR --files N | --add N [--seed N]   phone-sized files for "
    "measuring\n"
    "keepsake-pictures small  DIR --files N | --add N [--seed N]   files of 4 KiB for measuring\n";

struct Wish {
  std::string_view kind;
  std::filesystem::path folder;
  std::optional<std::uint64_t> files;
  std::optional<std::uint64_t> add;
  std::uint64_t seed = 1;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Wish> parse(std::span<char*> arguments) {
  if (arguments.size() < 3 || arguments.size() % 2 == 0) return std::nullopt;
  Wish wish{arguments[1], arguments[2], {}, {}, 1};
  for (std::size_t i = 3; i < arguments.size(); i += 2) {
    const std::string_view option = arguments[i];
    const auto value = number(arguments[i + 1]);
    if (!value) return std::nullopt;
    if (option == "--files")
      wish.files = value;
    else if (option == "--add")
      wish.add = value;
    else if (option == "--seed")
      wish.seed = *value;
    else
      return std::nullopt;
  }
  return wish;
}

/// A name on one line, whatever it holds: control characters and those that turn the direction of
/// writing become visible.
std::string on_one_line(std::string_view name) {
  constexpr std::string_view turns_left = "\u202E";
  std::string line;
  for (const char character : shown(name)) {
    if (static_cast<unsigned char>(character) < 0x20)
      line += fmt::format("\\x{:02X}", static_cast<unsigned>(character));
    else
      line += character;
  }
  if (const auto at = line.find(turns_left); at != std::string::npos)
    line.replace(at, turns_left.size(), "\\u202E");
  return line;
}

Result<> make_demo(const Wish& wish) {
  const auto made = TRY(simulate::make_demo_library(wish.folder, wish.seed));
  ByteCount total;
  for (const simulate::Made& file : made) {
    total += file.size;
    fmt::print("{:<44} {:>8}  {}\n", on_one_line(file.path), readable(file.size), file.what);
  }
  fmt::print("{} files, {}\n", made.size(), readable(total));
  return {};
}

Result<> make_corpus(const Wish& wish) {
  const std::uint64_t present = TRY(simulate::count_files(wish.folder));
  if (wish.files && *wish.files < present)
    return fail(Cause::conflict, "{} holds {} files already", wish.folder.native(), present);
  const simulate::Batch batch{
      present, wish.files ? *wish.files - present : wish.add.value_or(0), wish.seed};
  ByteCount written;
  if (wish.kind == "photos")
    written = TRY(simulate::make_photos(wish.folder, batch));
  else
    written = TRY(simulate::make_small(wish.folder, batch));
  fmt::print("{} files, {}, added to {}\n", batch.count, readable(written), present);
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  const auto wish = parse({arguments, static_cast<std::size_t>(count)});
  const bool is_demo = wish && wish->kind == "demo" && !wish->files && !wish->add;
  const bool is_corpus = wish && (wish->kind == "photos" || wish->kind == "small") &&
                         wish->files.has_value() != wish->add.has_value();
  if (!is_demo && !is_corpus) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  const auto done = is_demo ? make_demo(*wish) : make_corpus(*wish);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().message());
  return 1;
}
