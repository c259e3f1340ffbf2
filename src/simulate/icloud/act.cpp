// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/act.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "simulate/dice.h"
#include "simulate/icloud/content.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/make_library.h"
#include "simulate/icloud/modify.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/shared_albums.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

/// What an act is given: the library, its own words, and when it happens.
struct Doing {
  Library& library;
  const json& act;
  Instant at;

  [[nodiscard]] std::string text(const char* key) const { return act.value(key, ""); }

  /// A name that nothing in the library has, the same for the same past.
  [[nodiscard]] std::string new_name() const {
    std::uint64_t past = 0;
    for (const Zone& zone : library.zones) past += zone.position();
    return uuid_of(seed_of(past, static_cast<std::uint64_t>(at.time_since_epoch().count())));
  }

  [[nodiscard]] Result<Zone*> zone() const {
    const auto name = act.value("zone", std::string(own_zone));
    Zone* zone = library.find(name);
    if (zone == nullptr) return fail(Cause::not_found, "there is no zone '{}'", name);
    return zone;
  }
};

/// A photo that an act is about, wherever it is.
struct Found {
  Zone* zone = nullptr;
  Record* record = nullptr;

  [[nodiscard]] Asset& asset() const { return std::get<Asset>(record->value); }

  [[nodiscard]] Record* master_record() const { return zone->find(asset().master); }

  [[nodiscard]] Master* master() const { return zone->find_as<Master>(asset().master); }
};

Result<Found> find_asset(const Doing& doing) {
  const auto name = doing.text("asset");
  for (Zone& zone : doing.library.zones)
    if (zone.find_as<Asset>(name) != nullptr) return Found{&zone, zone.find(name)};
  return fail(Cause::not_found, "there is no photo '{}'", name);
}

/// The counters of a library change with its photos.
void touch(Found found, Instant at) {
  found.zone->touch(*found.record, at);
  if (Record* info = found.zone->find(found.zone->name() + "-0000-LI"))
    found.zone->touch(*info, at);
}

template <class Change>
Result<json> change_asset(const Doing& doing, const Change& change) {
  const auto found = TRY(find_asset(doing));
  change(found.asset());
  touch(found, doing.at);
  return json::object();
}

Result<json> favorite(const Doing& doing) {
  return change_asset(doing, [&](Asset& asset) { asset.favorite = doing.act.value("on", true); });
}

Result<json> hide(const Doing& doing) {
  return change_asset(doing, [&](Asset& asset) { asset.hidden = doing.act.value("on", true); });
}

/// Into Recently Deleted or out of it, the asset and its files together.
Result<json> trash(const Doing& doing) {
  const auto found = TRY(find_asset(doing));
  const auto trashed = doing.act.value("on", true) ? std::optional(doing.at) : std::nullopt;
  found.asset().trashed = trashed;
  if (Master* master = found.master()) {
    master->trashed = trashed;
    found.zone->touch(*found.master_record(), doing.at);
  }
  touch(found, doing.at);
  return json::object();
}

/// For good. A master goes with its last asset.
Result<json> purge(const Doing& doing) {
  const auto found = TRY(find_asset(doing));
  const auto master = found.asset().master;
  const auto name = found.record->name;
  found.zone->put(name, Removed{}, doing.at);
  const auto& records = found.zone->records();
  const bool is_needed = std::ranges::any_of(records, [&](const Record& record) {
    const auto* asset = std::get_if<Asset>(&record.value);
    return asset != nullptr && asset->master == master;
  });
  if (!is_needed && found.zone->find_as<Master>(master) != nullptr)
    found.zone->put(master, Removed{}, doing.at);
  std::vector<std::string> memberships;
  for (const Record& record : records)
    if (const auto* membership = std::get_if<Membership>(&record.value);
        membership != nullptr && membership->asset == name)
      memberships.push_back(record.name);
  for (std::string& membership : memberships)
    found.zone->put(std::move(membership), Removed{}, doing.at);
  return json::object();
}

MadeFile::Kind made_kind(std::string_view type) {
  if (type == "com.apple.quicktime-movie") return MadeFile::Kind::movie;
  if (type == "public.heic") return MadeFile::Kind::heic;
  if (type == "com.adobe.raw-image") return MadeFile::Kind::raw;
  return MadeFile::Kind::jpeg;
}

/// A new file that nobody ever had, of so many bytes of chance.
Result<Resource> make_file(const Doing& doing,
                           Slot slot,
                           std::string_view type,
                           std::uint64_t live) {
  MadeFile file;
  file.kind = made_kind(type);
  file.seed = seed_of(doing.library.own().position(), static_cast<std::uint64_t>(slot) + 1) ^
              static_cast<std::uint64_t>(doing.at.time_since_epoch().count());
  file.payload = doing.act.value("size", std::uint64_t{900});
  file.taken = Instant(
      std::chrono::milliseconds(doing.act.value("taken", doing.at.time_since_epoch().count())));
  file.live = live;
  const auto measured = TRY(measure(file));
  return Resource{slot, std::string(type), measured, 4032, 3024, file};
}

Result<Resource> file_from(const json& file) {
  const auto slot = slot_named(file.value("slot", "resOriginal"));
  const auto checksum = apple_checksum_in(file.value("checksum", ""));
  if (!slot || !checksum) return fail(Cause::invalid, "a file has an unknown slot or checksum");
  return Resource{*slot,
                  file.value("type", "public.jpeg"),
                  {ByteCount{file.value("size", std::uint64_t{0})}, *checksum},
                  file.value("width", 0U),
                  file.value("height", 0U),
                  DiskFile{unshown(file.value("path", ""))}};
}

/// A photo comes into a zone.
json put_photo(const Doing& doing, Zone& zone, Master master, Asset asset) {
  const auto delay = std::chrono::seconds(doing.act.value("delay", 0));
  const auto name = doing.act.value("asset", doing.new_name());
  const auto master_name = to_text(find(master.resources, Slot::original)->measure.checksum);
  asset.master = master_name;
  master.resources.insert(master.resources.end(), previews().begin(), previews().end());
  if (zone.find_as<Master>(master_name) == nullptr)
    zone.put(master_name, std::move(master), doing.at).visible_from = doing.at + delay;
  Record& record = zone.put(name, std::move(asset), doing.at);
  record.visible_from = doing.at + delay;
  touch({&zone, &record}, doing.at);
  return {{"asset", name}, {"master", master_name}};
}

Asset asset_from(const Doing& doing) {
  const auto now = doing.at.time_since_epoch().count();
  Asset asset;
  asset.taken = Instant(std::chrono::milliseconds(doing.act.value("taken", now)));
  asset.added = doing.at;
  asset.offset = std::chrono::minutes(doing.act.value("offset", 0));
  return asset;
}

/// A made-up photo of a kind.
Result<json> add(const Doing& doing) {
  Zone* zone = TRY(doing.zone());
  const auto kind = doing.act.value("kind", "photo");
  const bool is_live = kind == "live";
  const std::uint64_t live = is_live ? zone->position() | 1U : 0;
  Master master;
  Asset asset = asset_from(doing);
  const auto* const type = kind == "video"  ? "com.apple.quicktime-movie"
                           : kind == "live" ? "public.heic"
                                            : "public.jpeg";
  auto original = TRY(make_file(doing, Slot::original, type, live));
  master.resources.push_back(std::move(original));
  if (is_live) {
    auto video = TRY(make_file(doing, Slot::live_video, "com.apple.quicktime-movie", live));
    master.resources.push_back(std::move(video));
    asset.subtype = Subtype::live;
  }
  if (kind == "raw") {
    auto other = TRY(make_file(doing, Slot::alternative, "com.adobe.raw-image", 0));
    master.resources.push_back(std::move(other));
  }
  const auto* const extension = kind == "video" ? "MOV" : is_live ? "HEIC" : "JPG";
  master.filename = doing.act.value("filename", std::string("IMG_NEW.") + extension);
  return put_photo(doing, *zone, std::move(master), std::move(asset));
}

/// A photo whose files lie on the disk.
Result<json> import(const Doing& doing) {
  Zone* zone = TRY(doing.zone());
  Master master;
  Asset asset = asset_from(doing);
  master.filename = doing.text("filename");
  for (const json& file : doing.act.value("files", json::array())) {
    auto resource = TRY(file_from(file));
    const bool is_edit = resource.slot == Slot::edited_still || resource.slot == Slot::edited_video;
    if (resource.slot == Slot::live_video) asset.subtype = Subtype::live;
    if (is_edit) asset.edited_with = "com.apple.photo";
    (is_edit ? asset.resources : master.resources).push_back(std::move(resource));
  }
  if (find(master.resources, Slot::original) == nullptr)
    return fail(Cause::invalid, "a photo has no original");
  return put_photo(doing, *zone, std::move(master), std::move(asset));
}

Result<json> edit(const Doing& doing) {
  const auto found = TRY(find_asset(doing));
  const Master* master = found.master();
  const auto* original = master == nullptr ? nullptr : find(master->resources, Slot::original);
  const bool is_video = original != nullptr && original->type == "com.apple.quicktime-movie";
  auto file = TRY(make_file(doing,
                            is_video ? Slot::edited_video : Slot::edited_still,
                            is_video ? "com.apple.quicktime-movie" : "public.jpeg",
                            0));
  found.asset().resources = {std::move(file)};
  found.asset().edited_with = "com.apple.photo";
  touch(found, doing.at);
  return json::object();
}

Result<json> revert(const Doing& doing) {
  return change_asset(doing, [](Asset& asset) {
    asset.resources.clear();
    asset.edited_with.clear();
  });
}

/// The original itself becomes another file.
Result<json> rewrite(const Doing& doing) {
  const auto found = TRY(find_asset(doing));
  const Master* old = found.master();
  if (old == nullptr) return fail(Cause::not_found, "the photo has no original");
  const auto old_name = found.asset().master;
  const auto& type = find(old->resources, Slot::original)->type;
  auto file = TRY(make_file(doing, Slot::original, type, 0));
  Master master = *old;
  master.resources.front() = std::move(file);
  auto name = to_text(master.resources.front().measure.checksum);
  found.asset().master = name;
  touch(found, doing.at);
  found.zone->put(old_name, Removed{}, doing.at);
  found.zone->put(name, std::move(master), doing.at);
  return json{{"master", name}};
}

Result<json> duplicate(const Doing& doing) {
  const auto found = TRY(find_asset(doing));
  const auto name = doing.new_name();
  Asset copy = found.asset();
  copy.added = doing.at;
  found.zone->put(name, std::move(copy), doing.at);
  return json{{"asset", name}};
}

/// From one's own library into a shared one: new records there, tombstones here.
Result<json> share(const Doing& doing) {
  const auto found = TRY(find_asset(doing));
  const auto shared = std::ranges::find_if(doing.library.zones, [](const Zone& zone) {
    return zone.name().starts_with(shared_zone_prefix);
  });
  const Master* master = found.master();
  if (shared == doing.library.zones.end() || master == nullptr)
    return fail(Cause::not_found, "there is no shared library");
  const auto name = doing.new_name();
  shared->put(found.asset().master, *master, doing.at);
  shared->put(name, found.asset(), doing.at);
  TRY(purge(doing));
  return json{{"asset", name}, {"zone", shared->name()}};
}

Result<json> make_shared_library(const Doing& doing) {
  const bool is_others = doing.text("database") == "shared";
  const auto name = std::string(shared_zone_prefix) + doing.new_name();
  doing.library.zones.emplace_back(
      is_others ? Database::shared : Database::own,
      name,
      is_others ? "_abc0000000000000000000000000001" : doing.library.user);
  return json{{"zone", name}};
}

/// An album of reduced copies, which its owner shares with others.
Result<json> make_shared_album(const Doing& doing) {
  const auto name = std::string(shared_album_prefix) + doing.new_name();
  Zone& zone = doing.library.zones.emplace_back(Database::shared, name, doing.library.user);
  zone.put("album", Album{doing.text("title"), AlbumType::album, {}, 0, false}, doing.at);
  const auto photos = doing.act.value("photos", 3);
  for (int i = 0; i < photos; ++i) {
    auto file = TRY(make_file(doing, Slot::original, "public.jpeg", static_cast<std::uint64_t>(i)));
    file.width = 2048;
    file.height = 1536;
    Master master{"IMG_" + std::to_string(i + 1) + ".JPG", {std::move(file)}, {}};
    const auto master_name = to_text(master.resources.front().measure.checksum);
    zone.put(master_name, std::move(master), doing.at);
    Asset asset = asset_from(doing);
    asset.master = master_name;
    zone.put(doing.new_name(), std::move(asset), doing.at);
  }
  return json{{"album", name}};
}

/// Its owner deletes it, or this account stops following it.
Result<json> delete_shared_album(const Doing& doing) {
  const auto name = doing.text("album");
  if (std::erase_if(doing.library.zones, [&](const Zone& zone) { return zone.name() == name; }) ==
      0)
    return fail(Cause::not_found, "there is no shared album '{}'", name);
  return json::object();
}

Result<Album*> find_album(const Doing& doing) {
  auto* album = doing.library.own().find_as<Album>(doing.text("album"));
  if (album == nullptr)
    return fail(Cause::not_found, "there is no album '{}'", doing.text("album"));
  return album;
}

Result<json> make_album(const Doing& doing) {
  Zone& zone = doing.library.own();
  const auto name = doing.act.value("album", doing.new_name());
  const auto type = doing.act.value("folder", false) ? AlbumType::folder : AlbumType::album;
  zone.put(name,
           Album{doing.text("title"),
                 type,
                 doing.text("parent"),
                 static_cast<std::int64_t>(zone.position()),
                 false},
           doing.at);
  return json{{"album", name}};
}

template <class Change>
Result<json> change_album(const Doing& doing, const Change& change) {
  Album* album = TRY(find_album(doing));
  change(*album);
  Zone& zone = doing.library.own();
  zone.touch(*zone.find(doing.text("album")), doing.at);
  return json::object();
}

Result<json> rename_album(const Doing& doing) {
  return change_album(doing, [&](Album& album) { album.title = doing.text("title"); });
}

Result<json> move_album(const Doing& doing) {
  return change_album(doing, [&](Album& album) { album.parent = doing.text("parent"); });
}

Result<json> delete_album(const Doing& doing) {
  return change_album(doing, [](Album& album) { album.trashed = true; });
}

Result<json> put_in_album(const Doing& doing) {
  TRY(find_album(doing));
  const auto found = TRY(find_asset(doing));
  Zone& zone = doing.library.own();
  const auto name = membership_name(found.record->name, doing.text("album"));
  zone.put(name,
           Membership{found.record->name,
                      doing.text("album"),
                      static_cast<std::int64_t>(1024 * zone.position())},
           doing.at);
  return change_album(doing, [](Album&) {});
}

Result<json> take_from_album(const Doing& doing) {
  const auto name = membership_name(doing.text("asset"), doing.text("album"));
  Zone& zone = doing.library.own();
  if (zone.find_as<Membership>(name) == nullptr)
    return fail(Cause::not_found, "the album does not have that photo");
  zone.put(name, Removed{}, doing.at);
  return change_album(doing, [](Album&) {});
}

Result<json> generate_library(const Doing& doing) {
  TRY(generate(doing.library, doing.act.value("count", std::uint64_t{0})));
  return json::object();
}

Result<json> begin_library(const Doing& doing) {
  begin(doing.library, doing.at);
  return json::object();
}

Result<json> modify_records(const Doing& doing) {
  json modified = json::array();
  for (const Modified& one : modify(doing.library, doing.act, doing.at))
    modified.push_back({{"record", one.record},
                        {"code", one.code},
                        {"reason", one.reason},
                        {"deleted", one.deleted}});
  return json{{"modified", std::move(modified)}};
}

struct Word {
  std::string_view word;
  Result<json> (*function)(const Doing&);
};

constexpr std::array words{
    Word{"begin", begin_library},
    Word{"generate", generate_library},
    Word{"add", add},
    Word{"import", import},
    Word{"modify", modify_records},
    Word{"favorite", favorite},
    Word{"hide", hide},
    Word{"trash", trash},
    Word{"purge", purge},
    Word{"edit", edit},
    Word{"revert", revert},
    Word{"rewrite", rewrite},
    Word{"duplicate", duplicate},
    Word{"share", share},
    Word{"make-shared-library", make_shared_library},
    Word{"make-shared-album", make_shared_album},
    Word{"delete-shared-album", delete_shared_album},
    Word{"make-album", make_album},
    Word{"rename-album", rename_album},
    Word{"move-album", move_album},
    Word{"delete-album", delete_album},
    Word{"put-in-album", put_in_album},
    Word{"take-from-album", take_from_album},
};

}  // namespace

Result<json> apply(Library& library, const json& act, Instant at) {
  const auto word = act.value("do", "");
  const auto* const found = std::ranges::find(words, word, &Word::word);
  if (found == words.end())
    return fail(Cause::invalid, "nothing is known that is called '{}'", word);
  return found->function(Doing{library, act, at});
}

}  // namespace keepsake::simulate::icloud
