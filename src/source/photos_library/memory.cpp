// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/memory.h"

#include "base/time.h"
#include "crypto/sha.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace keepsake::source::photos {

namespace {

using nlohmann::json;

constexpr std::string_view asset_prefix = "a";
constexpr std::string_view listed_key = "d";

std::string key_of(std::string_view id) { return std::string(asset_prefix) + std::string(id); }

json bytes_value(const std::string& bytes) { return to_base64(bytes_of(bytes)); }

tl::unexpected<Error> unreadable() {
  return fail(Cause::corrupt, "what the catalog remembers of a library cannot be read");
}

/// A field's text by the reader of its type.
template <class Parse>
auto parsed_field(const json& object, const char* name, Parse parse)
    -> Result<typename std::invoke_result_t<Parse, std::string>::value_type> {
  auto value = parse(object.at(name).get<std::string>());
  if (!value) return unreadable();
  return *std::move(value);
}

Result<std::string> bytes_in(const json& object, const char* name) {
  const auto bytes = TRY(parsed_field(object, name, from_base64));
  return std::string(text_of(bytes));
}

json file_object(const KnownFile& file) {
  json object;
  object["place"] = bytes_value(file.place);
  object["version"] = file.version;
  if (!file.state.empty()) object["state"] = file.state;
  if (file.hollow) object["hollow"] = name(*file.hollow);
  if (!file.warnings.empty()) object["warnings"] = file.warnings;
  if (file.camera) object["camera"] = *file.camera;
  if (file.taken) {
    object["taken"] = to_rfc3339(file.taken->time);
    object["assumed"] = file.taken->time.zone == ZoneKnown::assumed;
    object["from"] = photo::name(file.taken->from);
  }
  return object;
}

Result<photo::Taken> taken_in(const json& object) {
  photo::Taken taken;
  taken.time = TRY(parsed_field(object, "taken", parse_rfc3339));
  if (object.at("assumed").get<bool>()) taken.time.zone = ZoneKnown::assumed;
  taken.from = TRY(parsed_field(object, "from", photo::taken_from_named));
  return taken;
}

Result<KnownFile> file_in(const json& object) {
  KnownFile file;
  file.place = TRY(bytes_in(object, "place"));
  file.version = object.at("version").get<std::string>();
  file.state = object.value("state", "");
  if (object.contains("hollow")) file.hollow = TRY(parsed_field(object, "hollow", cause_named));
  file.warnings = object.value("warnings", std::vector<std::string>());
  if (object.contains("camera")) file.camera = object["camera"].get<std::string>();
  if (object.contains("taken")) file.taken = TRY(taken_in(object));
  return file;
}

Result<KnownAsset> parsed(std::string_view text) {
  try {
    const json object = json::parse(text);
    KnownAsset asset;
    asset.library = TRY(bytes_in(object, "library"));
    asset.told = TRY(parsed_field(object, "told", Digest::from_hex));
    for (const json& it : object.at("files")) {
      auto file = TRY(file_in(it));
      asset.files.push_back(std::move(file));
    }
    return asset;
  } catch (const json::exception&) {
    return unreadable();
  }
}

/// Values with their lengths before them, so that no two assets add up to the same bytes.
class Summing {
 public:
  void add(std::string_view text) {
    sum_.add(bytes_of(fmt::format("{}:", text.size())));
    sum_.add(bytes_of(text));
  }

  void add(std::int64_t number) { sum_.add(bytes_of(fmt::format("{};", number))); }

  void add(const std::vector<std::string>& list) {
    add(static_cast<std::int64_t>(list.size()));
    for (const std::string& text : list) add(text);
  }

  void add_some(const std::optional<std::string>& text) {
    add(std::int64_t{text ? 1 : 0});
    if (text) add(*text);
  }

  Digest finish() { return sum_.finish(); }

 private:
  crypto::Sha256 sum_;
};

std::string text_of_taken(const std::optional<photo::Taken>& taken) {
  if (!taken) return {};
  return fmt::format("{} {} {}",
                     to_rfc3339(taken->time),
                     static_cast<int>(taken->time.zone),
                     photo::name(taken->from));
}

void add_rendition(const photo::Rendition& rendition, Summing& sum) {
  sum.add(photo::name(rendition.role));
  sum.add(rendition.key);
  sum.add(rendition.name);
  sum.add(static_cast<std::int64_t>(rendition.size.value));
  sum.add(rendition.source_version);
  sum.add(rendition.apple_checksum ? rendition.apple_checksum->hex() : std::string());
  sum.add(rendition.modified ? rendition.modified->time_since_epoch().count() : -1);
  sum.add(rendition.unavailable ? name(*rendition.unavailable) : std::string_view());
}

}  // namespace

Result<std::optional<KnownAsset>> LibraryMemory::asset(std::string_view id) {
  const auto row = TRY(memory_.get(key_of(id)));
  if (!row) return std::nullopt;
  auto asset = TRY(parsed(*row));
  return asset;
}

Result<> LibraryMemory::remember(std::string_view id, const KnownAsset& asset) {
  json object;
  object["library"] = bytes_value(asset.library);
  object["told"] = asset.told.hex();
  object["files"] = json::array();
  for (const KnownFile& file : asset.files) object["files"].push_back(file_object(file));
  return memory_.put(key_of(id), object.dump(-1, ' ', false, json::error_handler_t::replace));
}

Result<> LibraryMemory::forget(std::string_view id) { return memory_.erase(key_of(id)); }

Result<std::vector<std::string>> LibraryMemory::reported_after(std::string_view id,
                                                               std::size_t most) {
  const auto rows = TRY(memory_.after(key_of(id), asset_prefix, most));
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const Memory::Row& row : rows) ids.push_back(row.key.substr(asset_prefix.size()));
  return ids;
}

Result<std::optional<std::string>> LibraryMemory::listed() { return memory_.get(listed_key); }

Result<> LibraryMemory::note_listed(std::string_view stamp) {
  return memory_.put(listed_key, stamp);
}

Digest sum_of(const photo::Asset& asset) {
  Summing sum;
  sum.add(asset.key.library);
  sum.add(asset.key.id);
  sum.add(asset.aliases);
  sum.add(asset.name);
  sum.add(photo::name(asset.kind));
  sum.add(text_of_taken(asset.taken));
  sum.add(asset.place ? fmt::format("{} {}", asset.place->latitude, asset.place->longitude) : "");
  sum.add_some(asset.camera);
  sum.add_some(asset.burst);
  sum.add_some(asset.labels.title);
  sum.add_some(asset.labels.caption);
  sum.add(asset.labels.keywords);
  sum.add(asset.labels.people);
  sum.add(asset.labels.rating.value_or(-2));
  sum.add(std::int64_t{asset.favorite ? 1 : 0});
  sum.add(std::int64_t{asset.hidden ? 1 : 0});
  sum.add(std::int64_t{asset.trashed ? 1 : 0});
  sum.add(photo::name(asset.shelf));
  sum.add(static_cast<std::int64_t>(asset.albums.size()));
  for (const photo::AlbumPath& album : asset.albums) sum.add(album.parts);
  sum.add(static_cast<std::int64_t>(asset.renditions.size()));
  for (const photo::Rendition& rendition : asset.renditions) add_rendition(rendition, sum);
  sum.add(asset.warnings);
  return sum.finish();
}

}  // namespace keepsake::source::photos
