// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/modify.h"

#include "base/bytes.h"
#include "base/time.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

/// The value of a field; null when it is not among those to change.
json value_of(const json& fields, const char* name) {
  const auto field = fields.find(name);
  return field == fields.end() || !field->is_object() ? json() : field->value("value", json());
}

bool is_on(const json& value) {
  return value.is_boolean() ? value.get<bool>() : value.is_number() && value.get<double>() != 0;
}

std::string decoded(const json& base64) {
  const auto bytes = base64.is_string() ? from_base64(base64.get<std::string>()) : std::nullopt;
  return bytes ? std::string(text_of(*bytes)) : std::string();
}

/// Does one operation; the fields that clients are known to change are those that it knows.
class Operation {
 public:
  Operation(Zone& zone, const json& operation, Instant at)
      : zone_(zone),
        at_(at),
        type_(operation.value("operationType", "")),
        record_(operation.value("record", json::object())),
        fields_(record_.value("fields", json::object())),
        name_(record_.value("recordName", "")) {}

  /// Why it cannot be done; nothing when it can.
  [[nodiscard]] std::optional<Modified> refused() const {
    if (type_ == "create") return refuse_creation();
    const Record* record = zone_.find(name_);
    if (record == nullptr || std::holds_alternative<Removed>(record->value))
      return refusal("NOT_FOUND", "Record not found");
    if (type_ == "forceDelete" || type_ == "delete") {
      if (!std::holds_alternative<Membership>(record->value))
        return refusal("BAD_REQUEST", "Only members of albums are removed so");
      return std::nullopt;
    }
    if (type_ != "update" && type_ != "forceUpdate")
      return refusal("BAD_REQUEST", "Unknown operation type");
    if (type_ == "update" && record_.value("recordChangeTag", "") != change_tag(*record))
      return refusal("CONFLICT", "record has been changed since it was read");
    return std::nullopt;
  }

  Modified run() {
    if (type_ == "create") return create();
    if (type_ == "forceDelete" || type_ == "delete") {
      zone_.put(name_, Removed{}, at_);
      return {name_, {}, {}, true};
    }
    Record* record = zone_.find(name_);
    if (auto* asset = std::get_if<Asset>(&record->value))
      update(*asset);
    else if (auto* album = std::get_if<Album>(&record->value))
      update(*album);
    if (Record* still_there = zone_.find(name_);
        !std::holds_alternative<Removed>(still_there->value))
      zone_.touch(*still_there, at_);
    return {name_, {}, {}, false};
  }

 private:
  [[nodiscard]] Modified refusal(std::string code, std::string reason) const {
    return {name_, std::move(code), std::move(reason), false};
  }

  [[nodiscard]] std::optional<Modified> refuse_creation() const {
    const auto type = record_.value("recordType", "");
    if (type == "CPLContainerRelation") {
      const json item = value_of(fields_, "itemId");
      const json container = value_of(fields_, "containerId");
      const bool fits = item.is_string() && container.is_string() &&
                        zone_.find_as<Asset>(item.get<std::string>()) != nullptr &&
                        zone_.find_as<Album>(container.get<std::string>()) != nullptr;
      if (!fits) return refusal("NOT_FOUND", "The photo or the album is not there");
      return std::nullopt;
    }
    if (type != "CPLAlbum")
      return refusal("BAD_REQUEST", "Records of this type are not created so");
    if (decoded(value_of(fields_, "albumNameEnc")).empty())
      return refusal("BAD_REQUEST", "An album has a name");
    return std::nullopt;
  }

  Modified create() {
    if (name_.empty()) name_ = uuid_of(zone_.position() ^ 0xA1B0);
    if (record_.value("recordType", "") == "CPLAlbum") {
      Album album;
      album.type = value_of(fields_, "albumType") == 3 ? AlbumType::folder : AlbumType::album;
      album.position = static_cast<std::int64_t>(zone_.position());
      zone_.put(name_, album, at_);
      update(*zone_.find_as<Album>(name_));
    } else {
      const json position = value_of(fields_, "position");
      zone_.put(name_,
                Membership{value_of(fields_, "itemId"),
                           value_of(fields_, "containerId"),
                           position.is_number() ? position.get<std::int64_t>() : 1024},
                at_);
    }
    return {name_, {}, {}, false};
  }

  void update(Album& album) const {
    if (const json title = value_of(fields_, "albumNameEnc"); !title.is_null())
      album.title = decoded(title);
    if (const json parent = value_of(fields_, "parentId"); parent.is_string())
      album.parent = parent.get<std::string>();
    if (const json position = value_of(fields_, "position"); position.is_number())
      album.position = position.get<std::int64_t>();
    if (fields_.contains("isDeleted")) album.trashed = is_on(value_of(fields_, "isDeleted"));
  }

  void update(Asset& asset) const {
    if (fields_.contains("isFavorite")) asset.favorite = is_on(value_of(fields_, "isFavorite"));
    if (fields_.contains("isHidden")) asset.hidden = is_on(value_of(fields_, "isHidden"));
    if (fields_.contains("isDeleted")) {
      asset.trashed = is_on(value_of(fields_, "isDeleted")) ? std::optional(at_) : std::nullopt;
      if (auto* master = zone_.find_as<Master>(asset.master)) {
        master->trashed = asset.trashed;
        zone_.touch(*zone_.find(asset.master), at_);
      }
    }
    // Only what lies in Recently Deleted already goes for good.
    if (is_on(value_of(fields_, "isExpunged")) && asset.trashed) zone_.put(name_, Removed{}, at_);
  }

  Zone& zone_;
  Instant at_;
  std::string type_;
  json record_;
  json fields_;
  std::string name_;
};

}  // namespace

std::vector<Modified> modify(Library& library, const json& asked, Instant at) {
  const auto database = asked.value("database", "private") == name(Database::shared)
                            ? Database::shared
                            : Database::own;
  const json id = asked.value("zoneID", json::object());
  Zone* zone = library.find(database, id.value("zoneName", ""));
  if (zone == nullptr) return {};

  std::vector<Operation> operations;
  for (const json& operation : asked.value("operations", json::array()))
    operations.emplace_back(*zone, operation, at);
  const bool is_atomic = asked.value("atomic", false);
  std::vector<Modified> modified;
  modified.reserve(operations.size());
  for (const Operation& operation : operations)
    modified.push_back(operation.refused().value_or(Modified{}));
  const bool has_refused =
      std::ranges::any_of(modified, [](const Modified& one) { return !one.code.empty(); });
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!modified[i].code.empty()) continue;
    if (is_atomic && has_refused) {
      modified[i].record = asked["operations"][i]["record"].value("recordName", "");
      modified[i].code = "ATOMIC_ERROR";
      modified[i].reason = "One of the other operations was refused";
    } else {
      modified[i] = operations[i].run();
    }
  }
  return modified;
}

}  // namespace keepsake::simulate::icloud
