// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/record_json.h"

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/sha.h"
#include "simulate/binary.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/plist.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

constexpr std::uint64_t beyond_4_gib = 5'000'000'123;

std::int64_t milliseconds(Instant instant) { return instant.time_since_epoch().count(); }

/// Writes the fields of one record, but only those that were asked for.
class Fields {
 public:
  Fields(const Zone& zone, const Record& record, const Rendering& rendering)
      : zone_(zone), record_(record), rendering_(rendering) {
    if (rendering.oddity) oddity_ = rendering.oddity(zone, record);
  }

  void add(const std::string& name, std::int64_t value) { put(name, value, "INT64"); }

  void add(const std::string& name, const std::string& value) { put(name, value, "STRING"); }

  void add(const std::string& name, Instant value) { put(name, milliseconds(value), "TIMESTAMP"); }

  void add_encoded(const std::string& name, ByteView bytes) {
    put(name, to_base64(bytes), "ENCRYPTED_BYTES");
  }

  void operator()(const Master& master) {
    if (!oddity_.without_filename) {
      if (oddity_.plain_name)
        add("filenameEnc", master.filename);
      else
        add_encoded("filenameEnc", bytes_of(master.filename));
    }
    const Resource* original = find(master.resources, Slot::original);
    if (original != nullptr && !oddity_.without_item_type) add("itemType", original->type);
    add("originalOrientation", std::int64_t{1});
    add("dataClassType", std::int64_t{1});
    add("importDate", record_.created);
    add("importedByDisplayNameEnc", "Camera");
    add("recordModificationDate", record_.modified);
    add_trashed(master.trashed);
    add_resources(master.resources);
  }

  void operator()(const Asset& asset) {
    put("masterRef",
        {{"recordName", asset.master}, {"action", "DELETE_SELF"}, {"zoneID", zone_id(zone_)}},
        "REFERENCE");
    add("assetDate", asset.taken);
    add("addedDate", asset.added);
    add("timeZoneOffset", std::chrono::seconds(asset.offset).count());
    add("isFavorite", std::int64_t{asset.favorite ? 1 : 0});
    add("isHidden", std::int64_t{asset.hidden ? 1 : 0});
    add_trashed(asset.trashed);
    add("orientation", std::int64_t{1});
    add("duration", asset.duration.count());
    add("assetSubtype", of_old(asset.subtype));
    add("assetSubtypeV2", static_cast<std::int64_t>(asset.subtype));
    add("assetHDRType", std::int64_t{0});
    add("burstFlags", std::int64_t{asset.burst.empty() ? 0 : asset.burst_picked ? 28 : 2});
    if (!asset.burst.empty()) add("burstId", asset.burst);
    add("adjustmentRenderType", std::int64_t{0});
    add("customRenderedValue", std::int64_t{0});
    if (asset.subtype == Subtype::live) add_still_in_video();
    add_labels(asset);
    add_edit(asset);
    add_resources(asset.resources);
  }

  void operator()(const Album& album) {
    if (!album.title.empty()) add_encoded("albumNameEnc", bytes_of(album.title));
    add("albumType", static_cast<std::int64_t>(album.type));
    if (!album.parent.empty()) add("parentId", album.parent);
    add("position", album.position);
    add("sortType", std::int64_t{0});
    add("sortAscending", std::int64_t{1});
    add("sortTypeExt", std::int64_t{0});
    add("recordModificationDate", record_.modified);
    if (album.trashed) add("isDeleted", std::int64_t{1});
  }

  void operator()(const Membership& membership) {
    add("itemId", membership.asset);
    add("containerId", membership.album);
    add("position", membership.position);
    add("isKeyAsset", std::int64_t{0});
  }

  void operator()(const LibraryInfo&) {
    std::int64_t photos = 0;
    std::int64_t hidden = 0;
    std::int64_t albums = 0;
    for (const Record& record : zone_.records()) {
      if (const auto* asset = std::get_if<Asset>(&record.value)) {
        if (!asset->trashed) ++(asset->hidden ? hidden : photos);
      } else if (const auto* album = std::get_if<Album>(&record.value)) {
        if (!album->trashed && !album->title.empty()) ++albums;
      }
    }
    add("photosCount", photos);
    add("hiddenPhotosCount", hidden);
    add("albumsCount", albums);
  }

  void operator()(const Other&) { add("version", std::int64_t{1}); }

  void operator()(const Removed&) {}

  [[nodiscard]] json take() && { return std::move(fields_); }

 private:
  void put(const std::string& name, json value, std::string_view type) {
    if (wants(name)) fields_[name] = field(std::move(value), type);
  }

  [[nodiscard]] bool wants(std::string_view name) const {
    return !rendering_.keys || rendering_.keys->contains(name);
  }

  /// The older field knows fewer kinds.
  static std::int64_t of_old(Subtype subtype) {
    return subtype == Subtype::live || subtype == Subtype::screenshot
               ? 0
               : static_cast<std::int64_t>(subtype);
  }

  /// When it was thrown away; a photo that was not has no such field at all.
  void add_trashed(const std::optional<Instant>& trashed) {
    if (!trashed) return;
    add("isDeleted", std::int64_t{1});
    add("dateExpunged", expunged_at(*trashed));
  }

  void add_still_in_video() {
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    add("vidComplDurValue", 27 * nanoseconds / 10);
    add("vidComplDurScale", nanoseconds);
    add("vidComplDispValue", 12 * nanoseconds / 10);
    add("vidComplDispScale", nanoseconds);
    add("vidComplVisibilityState", std::int64_t{0});
  }

  void add_labels(const Asset& asset) {
    if (!asset.title.empty()) add_encoded("captionEnc", bytes_of(asset.title));
    if (!asset.caption.empty()) add_encoded("extendedDescEnc", bytes_of(asset.caption));
    if (!asset.keywords.empty() && wants("keywordsEnc"))
      add_encoded("keywordsEnc", plist_of_texts(asset.keywords));
    if (asset.place && wants("locationEnc"))
      add_encoded("locationEnc",
                  plist_of_numbers({{"lat", asset.place->latitude},
                                    {"lon", asset.place->longitude},
                                    {"alt", 0.0},
                                    {"horzAcc", 5.0}}));
  }

  void add_edit(const Asset& asset) {
    if (asset.edited_with.empty()) return;
    add("adjustmentType", asset.edited_with);
    add("adjustmentSourceType", std::int64_t{0});
    add("adjustmentCompoundVersion", "1.10.1");
    if (wants("adjustmentSimpleDataEnc"))
      add_encoded("adjustmentSimpleDataEnc", deflated(R"({"metadata":{"orientation":1}})"));
  }

  /// As a deflate stream of one stored block (RFC 1951, 3.2.4), which every reader takes.
  static Bytes deflated(std::string_view text) {
    const auto size = text.size();
    BinaryWriter stream;
    stream.u8(1).u8(size).u8(0).u8(~size & 0xFFU).u8(0xFF).text(text);
    return std::move(stream).take();
  }

  void add_resources(const std::vector<Resource>& resources) {
    for (const Resource& resource : resources) add_resource(resource);
  }

  void add_resource(const Resource& resource) {
    const std::string prefix(name(resource.slot));
    const auto checksum = to_text(resource.measure.checksum);
    add(prefix + "Width", std::int64_t{resource.width});
    add(prefix + "Height", std::int64_t{resource.height});
    add(prefix + "FileType", resource.type);
    add(prefix + "Fingerprint", checksum);
    add(prefix + "FileSize", static_cast<std::int64_t>(size_of(resource)));
    if (wants(prefix + "Res")) put(prefix + "Res", file(resource, checksum), "ASSETID");
  }

  [[nodiscard]] std::uint64_t size_of(const Resource& resource) const {
    return oddity_.huge ? beyond_4_gib : resource.measure.size.value;
  }

  /// Where the file is and what it should be. The two values that follow from the checksum here
  /// mean something to Apple only.
  [[nodiscard]] json file(const Resource& resource, const std::string& checksum) const {
    const Digest derived = crypto::sha256(resource.measure.checksum.bytes);
    AppleChecksum reference;
    reference.bytes.front() = std::byte{1};
    std::copy_n(derived.bytes.begin(), reference.bytes.size() - 1, reference.bytes.begin() + 1);
    json file = {{"fileChecksum", checksum},
                 {"size", size_of(resource)},
                 {"wrappingKey", to_base64(std::span(derived.bytes).last(16))},
                 {"referenceChecksum", to_text(reference)}};
    if (!oddity_.without_address && rendering_.address)
      file["downloadURL"] = rendering_.address(zone_, record_, resource);
    return file;
  }

  const Zone& zone_;
  const Record& record_;
  const Rendering& rendering_;
  Oddity oddity_;
  json fields_ = json::object();
};

const std::optional<Instant>* trashed_in(const Record& record) {
  if (const auto* master = std::get_if<Master>(&record.value)) return &master->trashed;
  if (const auto* asset = std::get_if<Asset>(&record.value)) return &asset->trashed;
  return nullptr;
}

json stamp(const Zone& zone, Instant instant) {
  return {{"timestamp", milliseconds(instant)},
          {"userRecordName", zone.owner()},
          {"deviceID", "9DD832CBD916B81F61073DFC925ADA027CFA1477B567B104010F1107DFEC1367"}};
}

}  // namespace

json field(json value, std::string_view type) {
  return {{"value", std::move(value)}, {"type", type}};
}

json zone_id(const Zone& zone) {
  return {{"zoneName", zone.name()},
          {"ownerRecordName", zone.owner()},
          {"zoneType", "REGULAR_CUSTOM_ZONE"}};
}

std::string change_tag(const Record& record) {
  constexpr std::uint64_t four_digits = 200'000;
  return to_base36(four_digits + record.position);
}

Instant expunged_at(Instant trashed) { return trashed + std::chrono::days{30}; }

json to_json(const Zone& zone, const Record& record, const Rendering& rendering) {
  if (std::holds_alternative<Removed>(record.value))
    return {{"recordName", record.name}, {"deleted", true}, {"recordType", nullptr}};
  Fields fields(zone, record, rendering);
  std::visit(fields, record.value);
  json written = {{"recordName", record.name},
                  {"recordType", type_of(record)},
                  {"fields", std::move(fields).take()},
                  {"pluginFields", json::object()},
                  {"recordChangeTag", change_tag(record)},
                  {"created", stamp(zone, record.created)},
                  {"modified", stamp(zone, record.modified)},
                  {"deleted", false},
                  {"zoneID", zone_id(zone)}};
  if (const auto* trashed = trashed_in(record); trashed != nullptr && *trashed) {
    const auto expires = **trashed + std::chrono::days{40};
    written["expirationTime"] =
        std::chrono::floor<std::chrono::seconds>(expires).time_since_epoch().count();
  }
  if (rendering.lies != nullptr)
    if (const auto lie = rendering.lies->find(record.name); lie != rendering.lies->end())
      written.merge_patch(lie->second);
  return written;
}

}  // namespace keepsake::simulate::icloud
