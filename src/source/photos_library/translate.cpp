// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/translate.h"

#include "base/path.h"
#include "os/machine.h"
#include "source/photos_library/members.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace keepsake::source::photos {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds epoch{978307200};      // 2001-01-01T00:00:00Z, which Core Data counts from
constexpr seconds widest_offset{50400};  // 14 hours: Kiritimati

/// Nothing for what no clock can have meant: no number, zero, or thousands of years away.
std::optional<Instant> moment_of(double since_2001) {
  constexpr double farthest = 1e11;  // seconds, about 3000 years
  if (!std::isfinite(since_2001) || since_2001 == 0 || std::abs(since_2001) > farthest)
    return std::nullopt;
  return Instant(duration_cast<milliseconds>(epoch) + milliseconds(std::llround(since_2001 * 1e3)));
}

std::optional<minutes> offset_in(const std::optional<std::int64_t>& stored) {
  if (!stored || std::abs(*stored) > widest_offset.count()) return std::nullopt;
  return duration_cast<minutes>(seconds(*stored));
}

/// "GMT-0400", "GMT+5", "UTC".
std::optional<minutes> fixed_offset(std::string_view name) {
  if (!name.starts_with("GMT") && !name.starts_with("UTC")) return std::nullopt;
  name.remove_prefix(3);
  if (name.empty()) return minutes(0);
  const bool west = name.front() == '-';
  if (!west && name.front() != '+') return std::nullopt;
  name.remove_prefix(1);
  std::string digits(name);
  std::erase(digits, ':');
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() > 4)
    return std::nullopt;
  const auto distance =
      digits.size() <= 2 ? minutes(value * 60) : minutes(value / 100 * 60 + value % 100);
  if (distance > widest_offset) return std::nullopt;
  return west ? -distance : distance;
}

std::optional<minutes> offset_named(const std::string& name, Instant moment) {
  if (const auto fixed = fixed_offset(name)) return fixed;
  const auto zone = os::TimeZone::named(name);
  if (!zone) return std::nullopt;
  const auto wall = zone->wall(moment);
  return duration_cast<minutes>(wall.time_since_epoch() - moment.time_since_epoch());
}

CaptureTime time_of(const AssetRow& asset, Instant moment) {
  const auto shown = [&](minutes offset, ZoneKnown zone) {
    return CaptureTime{WallTime(moment.time_since_epoch() + offset), offset, zone};
  };
  if (const auto offset = offset_in(asset.zone_offset)) return shown(*offset, ZoneKnown::known);
  if (asset.zone_name)
    if (const auto offset = offset_named(*asset.zone_name, moment))
      return shown(*offset, ZoneKnown::known);
  if (const auto offset = offset_in(asset.inferred_zone_offset))
    return shown(*offset, ZoneKnown::assumed);
  return shown(minutes(0), ZoneKnown::instant_only);
}

std::optional<photo::Place> place_of(const AssetRow& asset) {
  if (!asset.latitude || !asset.longitude) return std::nullopt;
  // -180 degrees north is how Photos writes that there is none.
  if (!(std::abs(*asset.latitude) <= 90) || !(std::abs(*asset.longitude) <= 180))
    return std::nullopt;
  return photo::Place{*asset.latitude, *asset.longitude};
}

std::optional<std::string> camera_of(const AssetRow& asset) {
  if (!asset.camera_model) return asset.camera_make;
  if (!asset.camera_make || asset.camera_model->starts_with(*asset.camera_make))
    return asset.camera_model;
  return *asset.camera_make + " " + *asset.camera_model;
}

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

photo::Kind kind_of(const AssetRow& asset) {
  constexpr std::int64_t video = 1;
  constexpr std::int64_t live_photo = 2;
  if (asset.kind == video) return photo::Kind::video;
  return asset.sub_kind == live_photo ? photo::Kind::live : photo::Kind::photo;
}

photo::Shelf shelf_of(const AssetRow& asset) {
  using photo::Shelf;
  if (asset.is_shared_item) return Shelf::shared_album;
  if (asset.trashed) return Shelf::recently_deleted;
  if (asset.hidden) return Shelf::hidden;
  return asset.in_shared_library ? Shelf::shared_library : Shelf::visible;
}

/// A shared album's item belongs to that album: its files lie in a folder of the album's name.
std::string library_of(const AssetRow& asset, const std::map<std::int64_t, AlbumRow>& albums) {
  if (!asset.is_shared_item) return asset.in_shared_library ? "shared" : "own";
  for (const std::int64_t number : asset.albums) {
    const auto album = albums.find(number);
    if (album != albums.end() && album->second.is_shared && !album->second.guid.empty())
      return album->second.guid;
  }
  const auto folder = asset.directory ? RelativePath::parse(*asset.directory) : RelativePath();
  return folder && is_plain_id(folder->name()) ? std::string(folder->name()) : "shared-album";
}

std::vector<photo::AlbumPath> albums_of(const AssetRow& asset,
                                        const std::map<std::int64_t, AlbumRow>& albums) {
  std::vector<std::int64_t> numbers = asset.albums;
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<photo::AlbumPath> paths;
  for (const std::int64_t number : numbers)
    if (const auto album = albums.find(number); album != albums.end())
      paths.push_back(album->second.path);
  std::sort(paths.begin(), paths.end(), [](const auto& left, const auto& right) {
    return std::tie(left.parts.back(), left.parts) < std::tie(right.parts.back(), right.parts);
  });
  return paths;
}

}  // namespace

std::optional<photo::Taken> taken_of(const AssetRow& asset, Instant now) {
  const auto moment = asset.created ? moment_of(*asset.created) : std::nullopt;
  if (!moment) return std::nullopt;
  const auto time = time_of(asset, *moment);
  // A camera's or a program's zero is midnight in UTC as often as on the wall.
  const CaptureTime in_utc{
      WallTime(moment->time_since_epoch()), minutes(0), ZoneKnown::instant_only};
  if (is_rubbish(time, now) || is_rubbish(in_utc, now)) return std::nullopt;
  return photo::Taken{time, photo::TakenFrom::library};
}

photo::Asset asset_of(const AssetRow& row,
                      const std::map<std::int64_t, AlbumRow>& albums,
                      const Id128& source,
                      Instant now) {
  photo::Asset asset;
  asset.key = {source, library_of(row, albums), row.uuid};
  asset.name = row.original_name.value_or(row.file_name);
  if (asset.name.empty()) asset.name = row.uuid;
  asset.kind = kind_of(row);
  asset.taken = taken_of(row, now);
  asset.place = place_of(row);
  asset.camera = camera_of(row);
  asset.burst = row.burst;
  asset.labels.title = row.title;
  asset.labels.caption = row.caption;
  asset.labels.keywords = sorted(row.keywords);
  asset.labels.people = sorted(row.people);
  asset.favorite = row.favorite;
  asset.hidden = row.hidden;
  asset.trashed = row.trashed;
  asset.shelf = shelf_of(row);
  asset.albums = albums_of(row, albums);
  if (row.is_shared_item)
    asset.warnings.emplace_back("it is a shared album's copy, smaller than the original");
  if (row.from_message)
    asset.warnings.emplace_back(
        "it came with a message (Shared with You) and was not saved to the library");
  return asset;
}

}  // namespace keepsake::source::photos
