// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/places.h"

#include "destination/vault/vault.h"
#include "photo/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace keepsake::destination {

namespace {

constexpr std::string_view photos = "Photos/";
constexpr std::string_view versions = ".keepsake/versions/";

/// The top folders of a tree that keep their name in a vault.
constexpr std::array<std::string_view, 4> other_shelves{
    "Hidden", "Recently Deleted", "Shared Albums", "Shared Library"};

/// The first part, which is taken away from the text.
std::string_view take_part(std::string_view& text) {
  const auto part = text.substr(0, text.find('/'));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

}  // namespace

std::string place_in_vault(std::string_view source, std::string_view path) {
  if (path.starts_with(versions))
    return fmt::format("keepsake/{}/versions/{}", source, path.substr(versions.size()));
  if (photo::is_in_quarantine(path))
    return fmt::format("keepsake/{}/quarantine/{}", source, photo::own_place(path));
  if (path.starts_with(photos)) path.remove_prefix(photos.size());
  return fmt::format("photos/{}/{}", source, path);
}

std::optional<std::string> path_of_place(std::string_view place) {
  const auto top = take_part(place);
  const auto source = take_part(place);
  if (source.empty() || place.empty()) return std::nullopt;
  if (top == in_vault::own_folder) {
    const auto folder = take_part(place);
    if (place.empty()) return std::nullopt;
    if (folder == "versions") return std::string(versions) + std::string(place);
    if (folder == "quarantine") return photo::other_place(place);
    return std::nullopt;
  }
  if (top != in_vault::photos_folder) return std::nullopt;
  const auto shelf = place.substr(0, place.find('/'));
  const bool other =
      std::find(other_shelves.begin(), other_shelves.end(), shelf) != other_shelves.end();
  return other ? std::string(place) : std::string(photos) + std::string(place);
}

namespace in_vault {

std::string assets_of(std::string_view source) { return own_place(source, assets_folder); }

std::string month_place(std::string_view source, std::string_view month) {
  return fmt::format("{}/{}.jsonl", assets_of(source), month);
}

std::string own_place(std::string_view source, std::string_view file) {
  return fmt::format("{}/{}/{}", own_folder, source, file);
}

std::string_view folder_of(std::string_view place) {
  const auto slash = place.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : place.substr(0, slash);
}

std::string_view name_of(std::string_view place) { return place.substr(place.rfind('/') + 1); }

std::string folder_place(std::string_view source, std::string_view folder) {
  auto place = place_in_vault(source, std::string(folder) + "/");
  place.pop_back();
  return place;
}

}  // namespace in_vault

}  // namespace keepsake::destination
