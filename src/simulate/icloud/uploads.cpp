// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/uploads.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "simulate/file_writer.h"
#include "simulate/icloud/content.h"
#include "simulate/icloud/database.h"
#include "simulate/icloud/hosts.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/journal.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/names.h"
#include "simulate/icloud/pictures.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/record_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view root = "/photosupload/";
constexpr std::string_view addressed = "/photosupload/file/";

/// The asset that shows a file already; null when the library does not have it.
const Record* holder_of(const Zone& zone, const std::string& checksum) {
  if (zone.find_as<Master>(checksum) == nullptr) return nullptr;
  const auto& records = zone.records();
  const auto found = std::ranges::find_if(records, [&](const Record& record) {
    const auto* asset = std::get_if<Asset>(&record.value);
    return asset != nullptr && asset->master == checksum;
  });
  return found == records.end() ? nullptr : &*found;
}

}  // namespace

std::string_view upload_step_of(const Request& request) {
  if (request.method != "POST") return {};
  if (request.path == "/upload") return "upload-of-old";
  if (!request.path.starts_with(root)) return {};
  const auto call = std::string_view(request.path).substr(root.size());
  if (call == "createUploadUrl") return "upload-url";
  if (call == "putAsset") return "put-asset";
  if (call == "uploadStatus") return "upload-status";
  return request.path.starts_with(addressed) ? "upload" : "";
}

Reply Uploads::answer(std::string_view step, const Request& request) {
  if (step == "upload-url") return give_addresses(request);
  if (step == "upload") return receive(request);
  if (step == "put-asset") return put_assets(request);
  if (step == "upload-status") return tell_status(request);
  return reply_of(410,
                  {{"requestUUID", random_uuid()}, {"errorReason", "Gone"}, {"errorCode", 410}});
}

Reply Uploads::give_addresses(const Request& request) {
  json addresses = json::object();
  const json asked = object_in(request).value("assets", json::object());
  for (const auto& [file, size] : asked.items()) {
    const auto token = random_token();
    addresses_.insert(token);
    addresses[file] = address_of(Service::upload, request) + std::string(addressed) + token;
  }
  return reply_of(200, {{"uploadUrls", std::move(addresses)}});
}

Reply Uploads::receive(const Request& request) {
  const auto token = std::string_view(request.path).substr(addressed.size());
  const auto address = addresses_.find(token);
  if (address == addresses_.end()) return reply_of(404, {{"errorReason", "Not found"}});
  addresses_.erase(address);
  auto received = keep(request);
  if (!received) return reply_of(500, {{"errorReason", received.error().what}});
  const auto checksum = to_text(received->measure.checksum);
  const auto size = received->measure.size.value;
  const auto receipt = random_token();
  received_.emplace(receipt, std::move(*received));
  return reply_of(200,
                  {{"singleFile",
                    {{"fileChecksum", checksum},
                     {"size", size},
                     {"wrappingKey", random_token()},
                     {"referenceChecksum", checksum},
                     {"receipt", receipt}}}});
}

Result<Uploads::Received> Uploads::keep(const Request& request) const {
  const auto path = parts_.folder / "uploads" / random_token();
  if (request.body_file) {
    std::error_code problem;
    std::filesystem::create_directories(path.parent_path(), problem);
    std::filesystem::rename(*request.body_file, path, problem);
    if (problem) return fail(Cause::denied, "a file cannot be kept: {}", problem.message());
  } else {
    auto file = TRY(FileWriter::create(path));
    TRY(file.write(bytes_of(request.body)));
  }
  const auto measured = TRY(measure(DiskFile{path.native()}));
  return Received{path, measured};
}

Reply Uploads::put_assets(const Request& request) {
  const json asked = object_in(request);
  Zone* zone = parts_.library.find(asked.value("zoneName", std::string(own_zone)));
  if (zone == nullptr) return reply_of(404, {{"errorReason", "Zone does not exist"}});
  json answers = json::array();
  for (const json& file : asked.value("files", json::array()))
    answers.push_back(put_asset(file, *zone, request));
  return reply_of(200, answers);
}

json Uploads::put_asset(const json& file, Zone& zone, const Request& request) {
  const auto now = parts_.clock.now();
  const auto how = parts_.database.rendering(request, now);
  const auto answer = [&](int status, const Record& asset) {
    const auto& master = std::get<Asset>(asset.value).master;
    return json{{"cplMaster", to_json(zone, *zone.find(master), how)},
                {"cplAsset", to_json(zone, asset, how)},
                {"response", {{"status", status}, {"isRetryable", false}}}};
  };
  const json sent = file.value("singleFileUploadRequest", json::object());
  const auto receipt = received_.find(sent.value("receipt", ""));
  const auto name = file.value("fileName", "");
  const auto type = uniform_type(name);
  if (receipt == received_.end() || type.empty())
    return {{"response", {{"status", 400}, {"isRetryable", false}}}};
  const Received received = receipt->second;
  received_.erase(receipt);
  const auto checksum = to_text(received.measure.checksum);
  if (const Record* holder = holder_of(zone, checksum)) return answer(409, *holder);

  const auto asset = random_uuid();
  const json act = {{"do", "import"},
                    {"zone", zone.name()},
                    {"asset", asset},
                    {"filename", name},
                    {"taken", file.value("lastModDate", now.time_since_epoch().count())},
                    {"offset", -file.value("timeZoneOffset", 0)},
                    {"delay", time_to_appear.count()},
                    {"files",
                     {{{"slot", simulate::icloud::name(Slot::original)},
                       {"type", type},
                       {"path", shown(received.path.native())},
                       {"size", received.measure.size.value},
                       {"checksum", checksum}}}}};
  if (!parts_.journal.perform(parts_.library, act, now))
    return {{"response", {{"status", 500}, {"isRetryable", true}}}};
  json done = answer(200, *zone.find(asset));
  done["uploadJobId"] = *jobs_.insert(random_uuid()).first;
  return done;
}

Reply Uploads::tell_status(const Request& request) {
  json answers = json::object();
  for (const json& job : object_in(request).value("uploadJobIds", json::array())) {
    const auto id = job.get<std::string>();
    answers[id] = jobs_.contains(id) ? json{{"progress", 100}} : json{{"errorCode", 404}};
  }
  return reply_of(200, answers);
}

}  // namespace keepsake::simulate::icloud
