// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/translate.h"

#include "base/json.h"
#include "media/kinds.h"
#include "os/machine.h"
#include "source/binary_plist.h"
#include "source/icloud/fields.h"
#include "source/icloud/file_types.h"
#include "source/icloud/zone.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

namespace {

using photo::Role;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr ByteCount largest_record{4 << 20};
constexpr seconds widest_offset{50400};                 // 14 hours: Kiritimati
constexpr std::int64_t farthest = 100'000'000'000'000;  // milliseconds: about 3000 years
constexpr std::size_t made_up_name = 12;                // characters of a name where there is none

/// One of a photo's two records.
struct Half {
  std::string name;
  Fields fields;
};

Half half_in(const json::object& record, std::string_view which) {
  Half half;
  json::object object;
  const auto value = json::field(record, which);
  if (!value || value->get(object) != simdjson::SUCCESS) return half;
  std::string_view name;
  if (const auto said = json::field(object, "recordName"))
    if (said->get(name) == simdjson::SUCCESS) half.name = name;
  json::object fields;
  if (const auto said = json::field(object, "fields"))
    if (said->get(fields) == simdjson::SUCCESS) half.fields = Fields(fields);
  return half;
}

class Translation {
 public:
  Translation(const json::object& record, Instant now)
      : asset_(half_in(record, "asset")), master_(half_in(record, "master")), now_(now) {}

  [[nodiscard]] const std::string& id() const { return asset_.name; }

  void fill(photo::Asset& asset) const {
    asset.name = name();
    asset.kind = kind();
    asset.taken = taken();
    asset.place = place();
    asset.burst = asset_.fields.text("burstId");
    asset.labels.title = words("captionEnc");
    asset.labels.caption = words("extendedDescEnc");
    asset.labels.keywords = keywords();
    asset.favorite = asset_.fields.is_on("isFavorite");
    asset.hidden = asset_.fields.is_on("isHidden");
    asset.trashed = asset_.fields.is_on("isDeleted");
    asset.renditions = renditions(asset.name);
  }

 private:
  [[nodiscard]] std::string name() const {
    const auto said = master_.fields.encoded_text("filenameEnc");
    if (said && !said->empty()) return *said;
    // Apple's own page makes one up as well.
    auto made_up = (master_.name.empty() ? asset_.name : master_.name).substr(0, made_up_name);
    for (char& letter : made_up)
      if (letter == '/' || letter == '+' || letter == '\\') letter = '_';
    return name_of_original(made_up, original_type());
  }

  [[nodiscard]] std::string original_type() const {
    const auto item = master_.fields.text("itemType");
    if (item && !item->empty()) return *item;
    const auto original = master_.fields.resource("resOriginal");
    return original ? original->type : std::string();
  }

  [[nodiscard]] bool is_movie() const {
    const auto type = original_type();
    if (!extension_of_type(type).empty()) return is_movie_type(type);
    const auto said = master_.fields.encoded_text("filenameEnc");
    const auto kind = media::kind_by_extension(said.value_or(""));
    return kind && kind->family == media::Family::video;
  }

  [[nodiscard]] photo::Kind kind() const {
    if (is_movie()) return photo::Kind::video;
    return master_.fields.has("resOriginalVidComplRes") ? photo::Kind::live : photo::Kind::photo;
  }

  [[nodiscard]] std::optional<photo::Taken> taken() const {
    for (const auto& milliseconds_since :
         {asset_.fields.number("assetDate"), master_.fields.number("originalCreationDate")}) {
      if (!milliseconds_since || std::abs(*milliseconds_since) > farthest) continue;
      const Instant moment{milliseconds(*milliseconds_since)};
      const auto time = wall_time_of(moment);
      // A camera's zero is midnight in UTC as often as on the wall.
      const CaptureTime in_utc{
          WallTime(moment.time_since_epoch()), minutes(0), ZoneKnown::instant_only};
      if (is_rubbish(time, now_) || is_rubbish(in_utc, now_)) continue;
      return photo::Taken{time, photo::TakenFrom::service};
    }
    return std::nullopt;
  }

  [[nodiscard]] CaptureTime wall_time_of(Instant moment) const {
    const auto offset = this->offset(moment);
    return {WallTime(moment.time_since_epoch() + offset.value_or(minutes(0))),
            offset.value_or(minutes(0)),
            offset ? ZoneKnown::known : ZoneKnown::instant_only};
  }

  [[nodiscard]] std::optional<minutes> offset(Instant moment) const {
    const auto stored = asset_.fields.number("timeZoneOffset");
    if (stored && std::abs(*stored) <= widest_offset.count())
      return duration_cast<minutes>(seconds(*stored));
    const auto named = words("timeZoneNameEnc");
    const auto zone =
        named ? os::TimeZone::named(*named) : Result<os::TimeZone>(fail(Cause::not_found, ""));
    if (!zone) return std::nullopt;
    return duration_cast<minutes>(zone->wall(moment).time_since_epoch() -
                                  moment.time_since_epoch());
  }

  [[nodiscard]] std::optional<photo::Place> place() const {
    auto latitude = asset_.fields.real("locationLatitude");
    auto longitude = asset_.fields.real("locationLongitude");
    if (const auto list = asset_.fields.bytes("locationEnc"); list && (!latitude || !longitude)) {
      latitude = real_in_plist(*list, "lat");
      longitude = real_in_plist(*list, "lon");
    }
    if (!latitude || !longitude) return std::nullopt;
    if (!(std::abs(*latitude) <= 90) || !(std::abs(*longitude) <= 180)) return std::nullopt;
    return photo::Place{*latitude, *longitude};
  }

  [[nodiscard]] std::optional<std::string> words(std::string_view field) const {
    auto text = asset_.fields.encoded_text(field);
    return text && !text->empty() ? text : std::nullopt;
  }

  [[nodiscard]] std::vector<std::string> keywords() const {
    const auto list = asset_.fields.bytes("keywordsEnc");
    auto words = list ? texts_in_plist(*list).value_or(std::vector<std::string>())
                      : std::vector<std::string>();
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }

  [[nodiscard]] std::vector<photo::Rendition> renditions(const std::string& asset_name) const {
    std::vector<photo::Rendition> files = originals(asset_name);
    const auto add = [&](Role role, const Half& half, std::string_view prefix) {
      const auto resource = half.fields.resource(prefix);
      if (!resource) return;
      files.push_back(file(role, half, prefix, *resource, name_beside(asset_name, resource->type)));
    };
    if (!is_movie()) add(Role::live_video, master_, "resOriginalVidCompl");
    if (!is_movie()) add(Role::edited, asset_, "resJPEGFull");
    add(is_movie() ? Role::edited : Role::edited_live_video, asset_, "resVidFull");
    for (const Half* half : {&asset_, &master_}) {
      const auto sidecar = half->fields.resource("resSidecar");
      if (!sidecar) continue;
      const bool is_labels = extension_of_type(sidecar->type) == "XMP";
      const std::string_view type = extension_of_type(sidecar->type).empty()
                                        ? "com.apple.aae"
                                        : std::string_view(sidecar->type);
      files.push_back(file(is_labels ? Role::sidecar : Role::adjustment,
                           *half,
                           "resSidecar",
                           *sidecar,
                           name_beside(asset_name, type)));
      break;
    }
    return files;
  }

  /// Of a pair, the half that is no RAW is the original, whichever Apple puts first.
  [[nodiscard]] std::vector<photo::Rendition> originals(const std::string& asset_name) const {
    std::vector<photo::Rendition> files;
    const auto first = master_.fields.resource("resOriginal");
    const auto second = master_.fields.resource("resOriginalAlt");
    const bool swapped = first && second && is_raw_type(first->type) && !is_raw_type(second->type);
    if (!first && !second) return {missing(asset_name)};
    if (first)
      files.push_back(file(swapped ? Role::raw : Role::original,
                           master_,
                           "resOriginal",
                           *first,
                           name_of_original(asset_name, first->type)));
    if (second)
      files.push_back(file(swapped || !first ? Role::original : Role::raw,
                           master_,
                           "resOriginalAlt",
                           *second,
                           name_beside(asset_name, second->type)));
    if (swapped) std::swap(files[0], files[1]);
    return files;
  }

  [[nodiscard]] photo::Rendition missing(const std::string& asset_name) const {
    photo::Rendition file;
    file.key = "resOriginal";
    file.name = name_of_original(asset_name, original_type());
    file.source_version = FilePlace{master_.name, {}}.text();
    file.unavailable = master_.name.empty() ? Cause::not_found : Cause::absent;
    return file;
  }

  static photo::Rendition file(Role role,
                               const Half& half,
                               std::string_view prefix,
                               const Fields::Resource& resource,
                               std::string name) {
    photo::Rendition file;
    file.role = role;
    file.key = prefix;
    file.name = std::move(name);
    file.size = resource.size.value_or(ByteCount{});
    file.source_version = FilePlace{half.name, resource.checksum_text}.text();
    file.apple_checksum = resource.checksum;
    if (!half.fields.has(std::string(prefix) + "Res")) file.unavailable = Cause::absent;
    return file;
  }

  Half asset_;
  Half master_;
  Instant now_;
};

photo::Shelf shelf_of(const photo::Asset& asset, const ZoneId& zone) {
  using photo::Shelf;
  if (!zone.is_library()) return Shelf::shared_album;
  if (asset.trashed) return Shelf::recently_deleted;
  if (asset.hidden) return Shelf::hidden;
  return zone.is_shared_library() ? Shelf::shared_library : Shelf::visible;
}

}  // namespace

Result<photo::Asset> asset_of(std::string record,
                              const Id128& source,
                              std::string_view library,
                              Instant now) {
  const auto document = TRY(json::Document::parse(record, largest_record));
  const Translation translation(document.root(), now);
  if (translation.id().empty()) return fail(Cause::corrupt, "a photo without a name of its own");
  photo::Asset asset;
  asset.key = {source, std::string(library), translation.id()};
  translation.fill(asset);
  asset.shelf = shelf_of(asset, zone_of(library));
  if (asset.shelf == photo::Shelf::shared_album)
    asset.warnings.emplace_back("it is a shared album's copy, smaller than the original");
  asset.record = std::move(record);
  return asset;
}

std::string FilePlace::text() const { return record + " " + checksum; }

std::optional<FilePlace> FilePlace::parse(std::string_view text) {
  const auto blank = text.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  return FilePlace{std::string(text.substr(0, blank)), std::string(text.substr(blank + 1))};
}

}  // namespace keepsake::source::icloud
