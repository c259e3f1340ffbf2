// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording.h"

#include "base/bytes.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <utility>

namespace keepsake::tests {

namespace {

using nlohmann::json;
using simulate::icloud::Reply;
using simulate::icloud::Request;

std::string text_in(const json& body) {
  if (!body.is_object()) return {};
  if (body.contains("text")) return body["text"];
  if (!body.contains("base64")) return {};
  return std::string(text_of(from_base64(body["base64"].get<std::string>()).value()));
}

/// "/setup/ws/1/validate" of "https://setup.icloud.com/setup/ws/1/validate?clientId=x". Clients
/// write the braces of a file's address in more than one way.
std::string address_in(const std::string& uri) {
  auto address = uri.substr(0, uri.find('?'));
  if (const auto host = address.find("://"); host != std::string::npos)
    address.erase(0, address.find('/', host + 3));
  return address.substr(0, std::min(address.find("/$"), address.find("/%24")));
}

/// All photos of a library by the date they were added, which older clients asked for, and those by
/// capture date are the same list to whoever reads it whole.
std::string list_in(const std::string& type) {
  const bool is_all = type == "CPLAssetAndMasterByAddedDate" ||
                      type == "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted";
  return is_all ? "all photos" : type;
}

json parsed(const std::string& text) {
  auto object = json::parse(text, nullptr, false);
  return object.is_object() ? object : json::object();
}

std::string zone_in(const json& asked) {
  return asked.value("/zoneID/zoneName"_json_pointer, std::string());
}

/// What a question to the database is about. Of the filters only the rank and the album count.
std::string question_in(const std::string& body) {
  const auto asked = parsed(body);
  if (!asked.contains("query")) return {};
  auto question = zone_in(asked) + " " + list_in(asked["query"].value("recordType", ""));
  json filters = asked["query"].value("filterBy", json::array());
  if (filters.is_object()) filters = json::array({filters});
  for (const json& filter : filters) {
    const auto name = filter.value("fieldName", "");
    if (name == "startRank" || name == "parentId")
      question += " " + name + filter.value("/fieldValue/value"_json_pointer, json()).dump();
  }
  return question + " " + asked.value("continuationMarker", "");
}

/// Every address that an answer names leads here.
std::string led_here(const std::string& text, std::string_view here) {
  static const std::regex apple(
      R"(https://[A-Za-z0-9.-]*\.(apple|icloud|icloud-content)\.com(\.cn)?(:\d+)?)");
  return std::regex_replace(text, apple, std::string(here));
}

Reply reply_of(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

/// What an account without such a thing says.
Reply answer_of_nothing(const Request& request) {
  if (request.path.ends_with("/records/query"))
    return reply_of(200, R"({"records":[],"syncToken":"as recorded"})");
  return reply_of(404, R"({"serverErrorCode":"NOT_FOUND","reason":"it was never asked for"})");
}

}  // namespace

Recording::Recording(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto all = json::parse(in);
  for (const json& it : all["interactions"]) {
    const auto asked = text_in(it["request"]["body"]);
    exchanges_.push_back({address_in(it["request"]["uri"]),
                          question_in(asked),
                          zone_in(parsed(asked)),
                          it["response"]["status"],
                          it["response"].value("headers", json::object()),
                          text_in(it["response"]["body"])});
    const Exchange& exchange = exchanges_.back();
    if (!exchange.address.ends_with("/records/query")) continue;
    for (const json& record : parsed(exchange.body).value("records", json::array()))
      told_.push_back({exchange.zone, record});
  }
}

Reply Recording::answer(const Request& request, std::string_view here) {
  const std::scoped_lock lock(mutex_);
  if (request.path.ends_with("/records/lookup"))
    return reply_of(200, led_here(lookup(parsed(request.body)), here));
  auto* const found = find(address_in(request.path), question_in(request.body));
  if (found == nullptr) return answer_of_nothing(request);
  found->was_given = true;
  auto reply = reply_of(found->status, found->body);
  if (!found->address.starts_with("/B/")) reply.body = led_here(reply.body, here);
  for (const auto& [name, values] : found->headers.items())
    if (name.starts_with("X-Apple-") || name == "scnt")
      for (const json& value : values) reply.add(name, value);
  return reply;
}

/// The first that was not given yet; of those that were, the last.
Recording::Exchange* Recording::find(std::string_view address, std::string_view question) {
  Exchange* found = nullptr;
  for (Exchange& exchange : exchanges_) {
    if (exchange.address != address || exchange.question != question) continue;
    found = &exchange;
    if (!exchange.was_given) break;
  }
  return found;
}

std::string Recording::lookup(const json& asked) const {
  json found = json::array();
  for (const json& wanted : asked.value("records", json::array())) {
    const auto name = wanted.value("recordName", "");
    json record{{"recordName", name}, {"serverErrorCode", "NOT_FOUND"}, {"reason", "gone"}};
    for (const Told& told : told_)
      if (told.record["recordName"] == name) record = told.record;
    found.push_back(std::move(record));
  }
  return json{{"records", std::move(found)}}.dump();
}

bool Recording::has(std::string_view part_of_address) const {
  return std::any_of(exchanges_.begin(), exchanges_.end(), [&](const Exchange& exchange) {
    return exchange.address.find(part_of_address) != std::string::npos;
  });
}

std::vector<Recording::Told> Recording::records(std::string_view type) const {
  std::vector<Told> all;
  for (const Told& told : told_)
    if (told.record.value("recordType", "") == type) all.push_back(told);
  return all;
}

std::map<std::string, std::string> Recording::files() const {
  std::map<std::string, std::string> bodies;
  for (const Exchange& exchange : exchanges_)
    if (exchange.address.starts_with("/B/")) bodies[exchange.address] = exchange.body;
  return bodies;
}

}  // namespace keepsake::tests
