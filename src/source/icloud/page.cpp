// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/page.h"

#include "base/text.h"
#include "source/icloud/record_text.h"
#include "source/icloud/wanted.h"

#include <fmt/format.h>

#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::string_view between = "-IN-";

std::optional<json::object> object_in(const json::object& object, std::string_view name) {
  const auto value = json::field(object, name);
  json::object found;
  return value && value->get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
}

std::optional<std::string> text_in(const json::object& object, std::string_view name) {
  const auto value = json::field(object, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? std::optional<std::string>(text)
                                                        : std::nullopt;
}

bool truth_in(const json::object& object, std::string_view name) {
  const auto value = json::field(object, name);
  bool truth = false;
  return value && value->get(truth) == simdjson::SUCCESS && truth;
}

/// A field's value: what is inside `{"value":…,"type":…}`.
std::optional<json::element> value_in(const json::object& fields, std::string_view name) {
  const auto field = object_in(fields, name);
  return field ? json::field(*field, "value") : std::nullopt;
}

bool is_on(const json::object& fields, std::string_view name) {
  const auto value = value_in(fields, name);
  std::int64_t number = 0;
  bool truth = false;
  if (value && value->get(truth) == simdjson::SUCCESS) return truth;
  return value && value->get(number) == simdjson::SUCCESS && number != 0;
}

/// Of a text, or of a reference to a record.
std::string name_in(const json::object& fields, std::string_view name) {
  const auto value = value_in(fields, name);
  std::string_view text;
  if (value && value->get(text) == simdjson::SUCCESS) return std::string(text);
  json::object reference;
  if (value && value->get(reference) == simdjson::SUCCESS)
    return text_in(reference, "recordName").value_or("");
  return {};
}

std::string title_in(const json::object& fields) {
  const auto field = object_in(fields, "albumNameEnc");
  const auto text = field ? text_in(*field, "value") : std::nullopt;
  if (!text) return {};
  if (text_in(*field, "type") == "STRING") return to_nfc(*text);
  const auto bytes = from_base64(*text);
  return bytes ? to_nfc(text_of(*bytes)) : std::string();
}

AlbumRecord album_in(std::string name, const json::object& fields) {
  constexpr std::int64_t album = 0;
  constexpr std::int64_t folder = 3;
  AlbumRecord record;
  record.name = std::move(name);
  record.title = title_in(fields);
  record.parent = name_in(fields, "parentId");
  record.is_deleted = is_on(fields, "isDeleted") || is_on(fields, "isExpunged");
  std::int64_t type = album;
  if (const auto value = value_in(fields, "albumType"))
    if (value->get(type) != simdjson::SUCCESS) type = album;
  record.kind = type == album    ? AlbumRecord::Kind::album
                : type == folder ? AlbumRecord::Kind::folder
                                 : AlbumRecord::Kind::other;
  return record;
}

void add_addresses(const std::string& record, const json::object& fields, Page& page) {
  constexpr std::string_view ending = "Res";
  for (const auto field : fields) {
    if (!field.key.ends_with(ending)) continue;
    const auto prefix = field.key.substr(0, field.key.size() - ending.size());
    if (!is_wanted_file(prefix)) continue;
    json::object typed;
    if (field.value.get(typed) != simdjson::SUCCESS) continue;
    const auto value = object_in(typed, "value");
    auto url = value ? text_in(*value, "downloadURL") : std::nullopt;
    if (!url || url->empty()) continue;
    page.addresses.push_back({record,
                              std::string(prefix),
                              text_in(*value, "fileChecksum").value_or(""),
                              *std::move(url)});
  }
}

void add_record(const json::object& record, Page& page) {
  auto name = text_in(record, "recordName").value_or("");
  if (name.empty()) return;
  if (const auto code = text_in(record, "serverErrorCode")) {
    page.failures.push_back({std::move(name), *code, text_in(record, "reason").value_or("")});
    return;
  }
  if (truth_in(record, "deleted")) {
    page.purged.push_back(std::move(name));
    return;
  }
  const auto type = text_in(record, "recordType").value_or("");
  const auto fields = object_in(record, "fields");
  if (!fields) return;
  if (type == "CPLAsset") {
    add_addresses(name, *fields, page);
    page.assets.push_back({std::move(name),
                           name_in(*fields, "masterRef"),
                           kept_text(record),
                           is_on(*fields, "isExpunged"),
                           !name_in(*fields, "burstId").empty()});
  } else if (type == "CPLMaster") {
    add_addresses(name, *fields, page);
    page.masters.push_back({std::move(name), kept_text(record)});
  } else if (type == "CPLAlbum") {
    page.albums.push_back(album_in(std::move(name), *fields));
  } else if (type == "CPLContainerRelation") {
    auto member = member_named(name).value_or(MemberRecord{});
    if (auto asset = name_in(*fields, "itemId"); !asset.empty()) member.asset = std::move(asset);
    if (auto album = name_in(*fields, "containerId"); !album.empty())
      member.album = std::move(album);
    member.is_deleted = is_on(*fields, "isDeleted");
    if (!member.asset.empty() && !member.album.empty()) page.members.push_back(std::move(member));
  }
}

}  // namespace

Page page_in(const json::object& answer) {
  Page page;
  page.sync_token = text_in(answer, "syncToken");
  if (page.sync_token && page.sync_token->empty()) page.sync_token.reset();
  page.continuation = text_in(answer, "continuationMarker");
  page.more_coming = truth_in(answer, "moreComing");
  const auto value = json::field(answer, "records");
  simdjson::dom::array records;
  if (!value || value->get(records) != simdjson::SUCCESS) return page;
  for (const auto each : records) {
    ++page.records;
    json::object record;
    if (each.get(record) == simdjson::SUCCESS) add_record(record, page);
  }
  return page;
}

std::string name_of_member(std::string_view asset, std::string_view album) {
  return fmt::format("{}{}{}", asset, between, album);
}

std::optional<MemberRecord> member_named(std::string_view record) {
  const auto at = record.find(between);
  if (at == std::string_view::npos) return std::nullopt;
  MemberRecord member;
  member.asset = record.substr(0, at);
  member.album = record.substr(at + between.size());
  return member;
}

std::optional<ZoneId> zone_in(const json::object& zone, Database database) {
  const auto id = object_in(zone, "zoneID");
  auto name = id ? text_in(*id, "zoneName") : std::nullopt;
  if (!name || name->empty()) return std::nullopt;
  auto owner =
      database == Database::own ? std::string() : text_in(*id, "ownerRecordName").value_or("");
  return ZoneId{database, *std::move(name), std::move(owner)};
}

}  // namespace keepsake::source::icloud
