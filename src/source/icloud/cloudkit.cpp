// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/cloudkit.h"

#include "source/icloud/questions.h"
#include "source/icloud/replies.h"
#include "source/icloud/verdict.h"
#include "source/icloud/wanted.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace keepsake::source::icloud {

namespace {

using Body = nlohmann::json;

constexpr int most_records = 200;  // the service gives no more, whatever is asked for
constexpr int most_zone_pages = 100;

Body id_of(const ZoneId& zone) {
  if (zone.database == Database::own) return {{"zoneName", zone.name}};
  return {{"zoneName", zone.name},
          {"ownerRecordName", zone.owner},
          {"zoneType", "REGULAR_CUSTOM_ZONE"}};
}

Body filter(std::string_view name, std::string_view type, Body value) {
  return {{"fieldName", name},
          {"comparator", "EQUALS"},
          {"fieldValue", {{"type", type}, {"value", std::move(value)}}}};
}

Body ranked(std::int64_t rank) {
  return Body::array(
      {filter("startRank", "INT64", rank), filter("direction", "STRING", "ASCENDING")});
}

Body query(const ZoneId& zone, std::string_view type) {
  return {{"query", {{"recordType", type}}}, {"zoneID", id_of(zone)}};
}

std::string text_of(const Body& body) {
  return body.dump(-1, ' ', false, Body::error_handler_t::replace);
}

/// The objects of a list; anything else in it is passed over.
std::vector<json::object> objects_in(const json::object& answer, std::string_view name) {
  std::vector<json::object> objects;
  const auto value = json::field(answer, name);
  simdjson::dom::array list;
  if (!value || value->get(list) != simdjson::SUCCESS) return objects;
  for (const auto each : list) {
    json::object object;
    if (each.get(object) == simdjson::SUCCESS) objects.push_back(object);
  }
  return objects;
}

/// A field's value of that type.
template <class Value>
std::optional<Value> field_value(const json::object& record, std::string_view name) {
  json::object fields;
  json::object field;
  Value value{};
  const auto all = json::field(record, "fields");
  if (!all || all->get(fields) != simdjson::SUCCESS) return std::nullopt;
  const auto one = json::field(fields, name);
  if (!one || one->get(field) != simdjson::SUCCESS) return std::nullopt;
  const auto said = json::field(field, "value");
  return said && said->get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
}

bool is_deleted(const json::object& zone) {
  bool deleted = false;
  const auto value = json::field(zone, "deleted");
  return value && value->get(deleted) == simdjson::SUCCESS && deleted;
}

}  // namespace

Result<DatabaseChanges> CloudKit::changes_of(Database database,
                                             const std::optional<std::string>& token,
                                             const std::stop_token& stop) {
  DatabaseChanges changes{{}, token};
  for (int pages = 0; pages < most_zone_pages; ++pages) {
    auto body = Body::object();
    if (changes.token) body["syncToken"] = *changes.token;
    const auto answer = TRY(ask(database, "changes/database", text_of(body), stop));
    for (const auto& zone : objects_in(answer.root(), "zones"))
      if (auto id = zone_in(zone, database))
        changes.zones.push_back({*std::move(id), is_deleted(zone)});
    const auto page = page_in(answer.root());
    if (page.sync_token) changes.token = page.sync_token;
    if (!page.more_coming || !page.sync_token) return changes;
  }
  return fail(problem(Cause::corrupt,
                      "iCloud's list of libraries does not end; the next run asks for it again"));
}

Result<std::vector<ZoneId>> CloudKit::zones_of(Database database, const std::stop_token& stop) {
  const auto answer = TRY(ask(database, "zones/list", "{}", stop));
  std::vector<ZoneId> zones;
  for (const auto& zone : objects_in(answer.root(), "zones"))
    if (auto id = zone_in(zone, database); id && !is_deleted(zone)) zones.push_back(*std::move(id));
  return zones;
}

Result<CloudKit::Indexing> CloudKit::indexing_of(const ZoneId& zone, const std::stop_token& stop) {
  const auto body = query(zone, "CheckIndexingState");
  const auto answer = TRY(ask(zone.database, "records/query", text_of(body), stop));
  Indexing indexing;
  indexing.sync_token = page_in(answer.root()).sync_token;
  for (const auto& record : objects_in(answer.root(), "records")) {
    indexing.is_finished =
        field_value<std::string_view>(record, "state").value_or("FINISHED") == "FINISHED";
    indexing.percent = field_value<std::int64_t>(record, "progress").value_or(0);
  }
  return indexing;
}

Result<std::optional<std::int64_t>> CloudKit::length_of(const ZoneId& zone,
                                                        const View& view,
                                                        const std::stop_token& stop) {
  auto one = query(zone, "HyperionIndexCountLookup");
  one["query"]["filterBy"] = {
      {"fieldName", "indexCountID"},
      {"comparator", "IN"},
      {"fieldValue", {{"type", "STRING_LIST"}, {"value", Body::array({view.index})}}}};
  one["resultsLimit"] = 1;
  one["zoneWide"] = true;
  const Body body{{"batch", Body::array({std::move(one)})}};
  const auto answer = TRY(ask(zone.database, "internal/records/query/batch", text_of(body), stop));
  std::optional<std::int64_t> length;
  for (const auto& part : objects_in(answer.root(), "batch"))
    for (const auto& record : objects_in(part, "records"))
      if (const auto count = field_value<std::int64_t>(record, "itemCount")) length = count;
  return length;
}

Result<Page> CloudKit::page_of(const ZoneId& zone,
                               const View& view,
                               std::int64_t rank,
                               const std::stop_token& stop) {
  auto body = query(zone, view.list);
  body["query"]["filterBy"] = ranked(rank);
  body["resultsLimit"] = most_records;
  body["desiredKeys"] = wanted_fields();
  const auto answer = TRY(ask(zone.database, "records/query", text_of(body), stop));
  return page_in(answer.root());
}

Result<Page> CloudKit::members_of(const ZoneId& zone,
                                  std::string_view album,
                                  std::int64_t rank,
                                  const std::stop_token& stop) {
  auto body = query(zone, "CPLContainerRelationLiveByAssetDate");
  auto filters = ranked(rank);
  filters.push_back(filter("parentId", "STRING", album));
  body["query"]["filterBy"] = std::move(filters);
  body["resultsLimit"] = most_records;
  // Only who is in it: the photos themselves come with the views.
  body["desiredKeys"] = {"itemId", "containerId", "position", "isKeyAsset", "masterRef"};
  const auto answer = TRY(ask(zone.database, "records/query", text_of(body), stop));
  return page_in(answer.root());
}

Result<Page> CloudKit::albums_in(const ZoneId& zone,
                                 const std::optional<std::string>& folder,
                                 const std::optional<std::string>& continuation,
                                 const std::stop_token& stop) {
  auto body = query(zone, "CPLAlbumByPositionLive");
  if (folder) body["query"]["filterBy"] = Body::array({filter("parentId", "STRING", *folder)});
  if (continuation) body["continuationMarker"] = *continuation;
  body["resultsLimit"] = most_records;
  const auto answer = TRY(ask(zone.database, "records/query", text_of(body), stop));
  return page_in(answer.root());
}

Result<std::optional<Page>> CloudKit::changes_in(const ZoneId& zone,
                                                 const std::optional<std::string>& token,
                                                 const std::stop_token& stop) {
  Body wanted{
      {"zoneID", id_of(zone)}, {"desiredKeys", wanted_fields()}, {"resultsLimit", most_records}};
  if (token) wanted["syncToken"] = *token;
  const Body body{{"zones", Body::array({wanted})}};
  const auto answer = ask(zone.database, "changes/zone", text_of(body), stop);
  // Whatever is wrong with the question, it can only be the token.
  if (!answer && is_misunderstood(answer.error().cause)) return std::optional<Page>();
  if (!answer) return fail(answer.error());
  for (const auto& part : objects_in(answer->root(), "zones")) {
    const auto error = error_in(part);
    if (!error) return std::optional(page_in(part));
    return is_misunderstood(error->cause) ? Result<std::optional<Page>>(std::nullopt)
                                          : fail(*error);
  }
  return std::optional<Page>();
}

Result<Page> CloudKit::lookup(const ZoneId& zone,
                              std::span<const std::string> names,
                              const std::vector<std::string_view>& fields,
                              const std::stop_token& stop) {
  auto records = Body::array();
  for (const std::string& name : names) records.push_back({{"recordName", name}});
  const Body body{
      {"records", std::move(records)}, {"zoneID", id_of(zone)}, {"desiredKeys", fields}};
  const auto answer = TRY(ask(zone.database, "records/lookup", text_of(body), stop));
  return page_in(answer.root());
}

Result<json::Document> CloudKit::ask(Database database,
                                     std::string_view path,
                                     const std::string& body,
                                     const std::stop_token& stop) {
  const auto address = [&](const Account& account) -> Result<net::Url> {
    if (!account.database) return fail(problem(Cause::denied, "it has no photos database"));
    return account.database->at(
        fmt::format("/database/1/com.apple.photos.cloud/production/{}/{}?remapEnums=true"
                    "&getCurrentSyncToken=true&{}",
                    name(database),
                    path,
                    web_.client_query(account.dsid)));
  };
  return ask_until_answered(web_, access_, address, body, web_.pace().retry, stop);
}

}  // namespace keepsake::source::icloud
