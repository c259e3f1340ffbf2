// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/layout.h"

#include "base/text.h"
#include "plan/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace keepsake::plan {

namespace {

using photo::Shelf;

constexpr std::string_view standard_text = "Photos/{year}/{year}-{month}/{name}";
constexpr std::string_view photos = "Photos";
constexpr std::string_view undated = "Undated";

/// The top folder of what is not visible; empty for what is.
std::string_view top_folder(Shelf shelf) {
  switch (shelf) {
    case Shelf::visible:
      return {};
    case Shelf::hidden:
      return "Hidden";
    case Shelf::shared_library:
      return "Shared Library";
    case Shelf::shared_album:
      return "Shared Albums";
    case Shelf::recently_deleted:
      return "Recently Deleted";
  }
  return {};
}

/// Whether a tree already gives that top folder a meaning of its own.
bool is_taken(std::string_view top) {
  const auto is_it = [&](std::string_view other) { return clash_key(top) == clash_key(other); };
  return is_it("Albums") || is_it(top_folder(Shelf::hidden)) ||
         is_it(top_folder(Shelf::shared_library)) || is_it(top_folder(Shelf::shared_album)) ||
         is_it(top_folder(Shelf::recently_deleted));
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

/// What the placeholders stand for, for one asset.
struct Layout::Values {
  const photo::Asset& asset;
  std::string_view source;
  std::chrono::year_month_day day;  ///< any, for an undated asset

  [[nodiscard]] std::string of(Placeholder placeholder) const {
    switch (placeholder) {
      case Placeholder::year:
        return fmt::format("{:04}", static_cast<int>(day.year()));
      case Placeholder::month:
        return fmt::format("{:02}", static_cast<unsigned>(day.month()));
      case Placeholder::day:
        return fmt::format("{:02}", static_cast<unsigned>(day.day()));
      case Placeholder::source:
        return std::string(source);
      case Placeholder::kind:
        return std::string(photo::name(asset.kind));
      case Placeholder::camera:
        return asset.camera.value_or("Unknown camera");
    }
    return {};
  }

  [[nodiscard]] std::string of(const Part& part) const {
    std::string text;
    for (const Piece& piece : part) text += piece.placeholder ? of(*piece.placeholder) : piece.text;
    return portable_stem(text);
  }
};

Layout Layout::standard() {
  auto layout = parse(standard_text);
  expect(layout.has_value(), "the standard layout is a layout");
  return *std::move(layout);
}

Result<Layout::Part> Layout::parse_part(std::string_view text) {
  static const std::array<std::string, 6> names{"year", "month", "day", "source", "kind", "camera"};
  const auto whole = text;
  Part part;
  std::string plain;  // the whole with a letter for each placeholder
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    if (open > 0) part.push_back({std::string(text.substr(0, open)), std::nullopt});
    plain += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find('}');
    if (close == std::string_view::npos)
      return fail(Cause::invalid, "a layout has no \"}}\" after \"{}\"", text);
    const auto name = text.substr(1, close - 1);
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      const auto near = nearest(name, names.data(), names.data() + names.size());
      return fail(Cause::invalid,
                  "a layout does not know {{{}}} here{}",
                  name,
                  near ? fmt::format("; did you mean {{{}}}?", *near) : "");
    }
    part.push_back({{}, static_cast<Placeholder>(found - names.begin())});
    plain += 'x';
    text.remove_prefix(close + 1);
  }
  if (plain.find('}') != std::string::npos || portable_stem(plain) != plain)
    return fail(Cause::invalid, "a folder of a layout cannot be called \"{}\" everywhere", whole);
  return part;
}

Result<Layout> Layout::parse(std::string_view text) {
  auto parts = split(text);
  if (parts.size() < 2 || parts.back() != "{name}")
    return fail(Cause::invalid, "a layout ends with /{{name}}, as in {}", standard_text);
  parts.pop_back();
  if (parts.front().find('{') != std::string_view::npos)
    return fail(Cause::invalid, "a layout begins with a plain folder, as in {}", standard_text);
  if (is_taken(parts.front()))
    return fail(Cause::invalid, "the folder {} has a meaning of its own in a tree", parts.front());
  Layout layout;
  layout.text_ = text;
  for (const auto text_of_part : parts) {
    auto part = TRY(parse_part(text_of_part));
    layout.folders_.push_back(std::move(part));
  }
  return layout;
}

bool Layout::is_dated(const Part& part) {
  return std::ranges::any_of(part, [](const Piece& piece) {
    return piece.placeholder == Placeholder::year || piece.placeholder == Placeholder::month ||
           piece.placeholder == Placeholder::day;
  });
}

std::string Layout::folder(const photo::Asset& asset,
                           std::string_view source_name,
                           const HomeZone& home) const {
  const auto wall = asset.taken ? wall_of(asset.taken->time, home) : WallTime();
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(wall));
  const Values values{asset, source_name, day};
  std::vector<std::string> parts;
  bool is_undated_named = false;
  for (const Part& part : folders_) {
    const bool lacks_date = !asset.taken && is_dated(part);
    if (!lacks_date) parts.push_back(values.of(part));
    if (lacks_date && !is_undated_named) parts.emplace_back(undated);
    is_undated_named = is_undated_named || lacks_date;
  }
  const auto top = top_folder(asset.shelf);
  if (!top.empty() && parts.front() == photos) parts.erase(parts.begin());
  if (!top.empty()) parts.emplace(parts.begin(), top);
  return fmt::format("{}", fmt::join(parts, "/"));
}

}  // namespace keepsake::plan
