// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/database.h"

#include "base/time.h"
#include "simulate/icloud/changes.h"
#include "simulate/icloud/downloads.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/hosts.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/query.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/record_json.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view root = "/database/1/com.apple.photos.cloud/production/";

struct Path {
  std::string_view path;
  std::string_view operation;
};

constexpr std::array paths{
    Path{"zones/list", "zones"},
    Path{"changes/database", "database-changes"},
    Path{"changes/zone", "changes"},
    Path{"records/lookup", "lookup"},
    Path{"records/modify", "modify"},
    Path{"internal/records/query/batch", "count"},
};

std::string_view operation_of(std::string_view path, const json& asked) {
  const auto* const found = std::ranges::find(paths, path, &Path::path);
  if (found != paths.end()) return found->operation;
  if (path != "records/query") return {};
  const auto question = asked.value("query", json::object());
  const auto type = question.is_object() ? question.value("recordType", "") : std::string();
  if (type == "CheckIndexingState") return "indexing";
  if (type == "HyperionIndexCountLookup") return "count";
  if (type == "CPLAlbumByPositionLive") return "albums";
  return listed_by(type) ? "list" : "query";
}

/// Clients write the flag with either case.
bool wants_token(const Request& request) {
  const auto flag = request.parameter("getCurrentSyncToken");
  return flag == "true" || flag == "True";
}

}  // namespace

Reply refusal(int status, std::string_view code, std::string_view reason) {
  return reply_of(status, {{"uuid", random_uuid()}, {"serverErrorCode", code}, {"reason", reason}});
}

std::optional<DatabaseCall> database_call(const Request& request) {
  if (!request.path.starts_with(root)) return std::nullopt;
  const auto rest = std::string_view(request.path).substr(root.size());
  DatabaseCall call;
  for (const Database database : {Database::own, Database::shared}) {
    if (!rest.starts_with(name(database))) continue;
    call.database = database;
    call.path = rest.substr(std::min(name(database).size() + 1, rest.size()));
  }
  call.asked = object_in(request);
  call.operation = operation_of(call.path, call.asked);
  if (call.operation.empty()) return std::nullopt;
  return call;
}

Reply DatabaseService::answer(const DatabaseCall& call, const Request& request, Instant now) {
  if (call.operation == "zones")
    return reply_of(200, list_zones(*library_, call.database, *tokens_));
  if (call.operation == "changes")
    return reply_of(
        200, zone_changes(call.asked, *library_, call.database, *tokens_, rendering(request, now)));
  if (call.operation == "database-changes") {
    const auto answer = database_changes(call.asked, *library_, call.database, *tokens_);
    if (!answer) return refusal(answer.error().status, answer.error().code, answer.error().reason);
    return reply_of(200, *answer);
  }
  if (call.path == "internal/records/query/batch")
    return reply_of(200, batch(call, rendering(request, now)));
  return query_zone(call, request, now);
}

Reply DatabaseService::modified(const DatabaseCall& call,
                                const json& outcome,
                                const Request& request,
                                Instant now) {
  const json id = call.asked.value("zoneID", json::object());
  const Zone* zone = library_->find(call.database, id.value("zoneName", ""));
  if (zone == nullptr) return refusal(404, "ZONE_NOT_FOUND", "Zone does not exist");
  auto how = rendering(request, now);
  restrict_to_desired(call.asked, how);
  json records = json::array();
  for (const json& one : outcome.value("modified", json::array())) {
    const auto record = one.value("record", "");
    if (!one.value("code", "").empty())
      records.push_back(
          {{"recordName", record}, {"serverErrorCode", one["code"]}, {"reason", one["reason"]}});
    else if (one.value("deleted", false))
      records.push_back({{"recordName", record}, {"deleted", true}});
    else
      records.push_back(to_json(*zone, *zone->find(record), how));
  }
  return reply_of(
      200,
      {{"records", std::move(records)}, {"syncToken", tokens_->of_zone(*zone, zone->position())}});
}

Rendering DatabaseService::rendering(const Request& request, Instant now) const {
  Rendering rendering;
  rendering.address = [this, base = address_of(Service::downloads, request), now](
                          const Zone& zone, const Record& record, const Resource& resource) {
    return downloads_->address(base, zone, record, resource, now);
  };
  rendering.oddity = [this](const Zone& zone, const Record& record) {
    const auto number = static_cast<std::uint64_t>(&record - zone.records().data()) + 1;
    return Oddity{faults_->touches("no-filename", number),
                  faults_->touches("no-item-type", number),
                  faults_->touches("no-address", number),
                  faults_->touches("huge", number),
                  faults_->touches("plain-name", number)};
  };
  rendering.lies = lies_;
  return rendering;
}

Reply DatabaseService::query_zone(const DatabaseCall& call, const Request& request, Instant now) {
  const json id = call.asked.value("zoneID", json::object());
  const Zone* zone = library_->find(call.database, id.value("zoneName", ""));
  if (zone == nullptr) return refusal(404, "ZONE_NOT_FOUND", "Zone does not exist");
  auto how = rendering(request, now);
  restrict_to_desired(call.asked, how);
  Indexing indexing;
  if (call.operation == "indexing" && faults_->strike("indexing", "indexing") != nullptr)
    indexing.progress = 40;
  auto answer = call.operation == "lookup" ? look_up(call.asked, *zone, how, now)
                                           : query(call.asked, *zone, views_, how, indexing);
  if (!answer) return refusal(answer.error().status, answer.error().code, answer.error().reason);
  if (wants_token(request)) (*answer)["syncToken"] = tokens_->of_zone(*zone, zone->position());
  return reply_of(200, *answer);
}

json DatabaseService::batch(const DatabaseCall& call, const Rendering& rendering) {
  json answers = json::array();
  for (const json& asked : call.asked.value("batch", json::array()))
    answers.push_back(one_query(asked, call.database, rendering));
  return {{"batch", std::move(answers)}};
}

json DatabaseService::one_query(const json& asked, Database database, const Rendering& how) {
  const json id = asked.value("zoneID", json::object());
  const Zone* zone = library_->find(database, id.value("zoneName", ""));
  if (zone == nullptr)
    return {{"serverErrorCode", "ZONE_NOT_FOUND"}, {"reason", "Zone does not exist"}};
  auto answer = query(asked, *zone, views_, how, {});
  if (!answer) return {{"serverErrorCode", answer.error().code}, {"reason", answer.error().reason}};
  (*answer)["syncToken"] = tokens_->of_zone(*zone, zone->position());
  return *std::move(answer);
}

}  // namespace keepsake::simulate::icloud
