// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/control.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "crypto/cipher.h"
#include "simulate/icloud/faults.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/journal.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/sessions.h"
#include "simulate/icloud/zone.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

json file_of(const Resource& resource) {
  return {{"slot", name(resource.slot)},
          {"type", resource.type},
          {"size", resource.measure.size.value},
          {"checksum", to_text(resource.measure.checksum)},
          {"sha1", to_hex(std::span(resource.measure.checksum.bytes).subspan(1))}};
}

/// The title of an album after those of the folders that it is in, from the outermost.
json path_of(const Zone& zone, const Album* album) {
  json path = json::array();
  for (; album != nullptr && !album->trashed && !album->title.empty();
       album = zone.find_as<Album>(album->parent))
    path.insert(path.begin(), album->title);
  return path;
}

/// The paths of albums, by the assets in them.
std::multimap<std::string, json> albums_in(const Zone& zone) {
  std::multimap<std::string, json> albums;
  for (const Record& record : zone.records()) {
    const auto* membership = std::get_if<Membership>(&record.value);
    if (membership == nullptr) continue;
    auto path = path_of(zone, zone.find_as<Album>(membership->album));
    if (!path.empty()) albums.emplace(membership->asset, std::move(path));
  }
  return albums;
}

/// An asset with all its files but the previews, and what decides where it is shown.
json photo_of(const Zone& zone, const Record& record, const Asset& asset) {
  json photo = {{"asset", record.name},
                {"zone", zone.name()},
                {"master", asset.master},
                {"taken", asset.taken.time_since_epoch().count()},
                {"hidden", asset.hidden},
                {"trashed", asset.trashed.has_value()},
                {"favorite", asset.favorite},
                {"burst", asset.burst},
                {"shown_in_burst", asset.burst.empty() || asset.burst_picked},
                {"albums", json::array()},
                {"files", json::array()}};
  if (const auto* master = zone.find_as<Master>(asset.master)) {
    photo["filename"] = master->filename;
    for (const Resource& resource : master->resources)
      if (resource.slot == Slot::original || resource.slot == Slot::alternative ||
          resource.slot == Slot::live_video)
        photo["files"].push_back(file_of(resource));
  }
  for (const Resource& resource : asset.resources) photo["files"].push_back(file_of(resource));
  return photo;
}

}  // namespace

Reply Control::answer(const Request& request) {
  if (!crypto::equal_in_constant_time(bytes_of(request.header("X-Simulate-Token")),
                                      bytes_of(token_)))
    return reply_of(403, {{"error", "this door opens with the token in the state folder only"}});

  struct Word {
    std::string_view path;
    Result<json> (Control::*function)(const Request&);
  };

  constexpr std::array words{
      Word{"/simulate/act", &Control::act},
      Word{"/simulate/expire", &Control::expire},
      Word{"/simulate/clock", &Control::advance},
      Word{"/simulate/faults", &Control::set_faults},
      Word{"/simulate/lie", &Control::lie},
      Word{"/simulate/consent", &Control::consent},
      Word{"/simulate/calls", &Control::calls},
      Word{"/simulate/files", &Control::files},
  };
  const auto* const found = std::ranges::find(words, request.path, &Word::path);
  if (found == words.end()) return reply_of(404, {{"error", "there is no such word at this door"}});
  const auto result = (this->*found->function)(request);
  if (!result) return reply_of(400, {{"error", result.error().message()}});
  return reply_of(200, *result);
}

Result<json> Control::act(const Request& request) {
  return parts_.journal.perform(parts_.library, object_in(request), parts_.clock.now());
}

Result<json> Control::expire(const Request& request) {
  const auto what = object_in(request).value("what", "");
  if (what == "addresses") {
    parts_.downloads.expire();
  } else if (what == "marks") {
    parts_.tokens.expire();
  } else if (what == "web") {
    TRY(parts_.sessions.expire(Sessions::Kind::web));
  } else if (what == "sessions") {
    TRY(parts_.sessions.expire(Sessions::Kind::session));
  } else if (what == "trust") {
    TRY(parts_.sessions.expire(Sessions::Kind::trust));
  } else if (what == "keys") {
    TRY(parts_.sessions.expire(Sessions::Kind::keys));
  } else {
    return fail(Cause::invalid, "nothing that expires is called '{}'", what);
  }
  return json::object();
}

Result<json> Control::advance(const Request& request) {
  parts_.clock.advance(std::chrono::seconds(object_in(request).value("seconds", 0)));
  return json{{"now", parts_.clock.now().time_since_epoch().count()}};
}

Result<json> Control::set_faults(const Request& request) {
  const json asked = object_in(request);
  if (asked.value("clear", false)) parts_.faults.clear();
  for (const json& spec : asked.value("add", json::array())) {
    auto fault = TRY(parse_fault(spec.get<std::string>()));
    parts_.faults.add(std::move(fault));
  }
  return json::object();
}

Result<json> Control::lie(const Request& request) {
  const json asked = object_in(request);
  parts_.lies[asked.value("record", "")].merge_patch(asked.value("says", json::object()));
  return json::object();
}

Result<json> Control::consent(const Request&) {
  parts_.setup.consent();
  return json::object();
}

Result<json> Control::calls(const Request& request) {
  json answer = {{"calls", parts_.calls},
                 {"codes_pushed", parts_.sign_in.pushes()},
                 {"codes_sent", parts_.sign_in.messages()}};
  if (object_in(request).value("clear", false)) parts_.calls.clear();
  return answer;
}

Result<json> Control::files(const Request&) {
  json photos = json::array();
  for (const Zone& zone : parts_.library.zones) {
    const auto albums = albums_in(zone);
    for (const Record& record : zone.records()) {
      const auto* asset = std::get_if<Asset>(&record.value);
      if (asset == nullptr) continue;
      json photo = photo_of(zone, record, *asset);
      const auto [first, end] = albums.equal_range(record.name);
      for (auto it = first; it != end; ++it) photo["albums"].push_back(it->second);
      photos.push_back(std::move(photo));
    }
  }
  return json{{"photos", std::move(photos)}};
}

}  // namespace keepsake::simulate::icloud
