// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/shared_albums.h"

#include "base/time.h"
#include "simulate/icloud/database.h"
#include "simulate/icloud/hosts.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/json_reply.h"
#include "simulate/icloud/library.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/record_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

using nlohmann::json;

constexpr std::string_view root = "/sharedstreams/";

bool is_shared_album(const Zone& zone) { return zone.name().starts_with(shared_album_prefix); }

std::string title_of(const Zone& zone) {
  for (const Record& record : zone.records())
    if (const auto* album = std::get_if<Album>(&record.value)) return album->title;
  return {};
}

std::vector<const Record*> assets_in(const Zone& zone) {
  std::vector<const Record*> assets;
  for (const Record& record : zone.records())
    if (std::holds_alternative<Asset>(record.value)) assets.push_back(&record);
  return assets;
}

/// Numbers travel as texts here.
std::size_t number_in(const json& asked, const char* key, std::size_t otherwise) {
  const auto text = asked.value(key, "");
  return text.empty() || text.find_first_not_of("0123456789") != std::string::npos ||
                 text.size() > 9
             ? otherwise
             : std::stoul(text);
}

}  // namespace

std::string_view shared_album_step_of(const Request& request) {
  const auto at = request.path.find(root);
  if (at == std::string::npos || request.method != "POST") return {};
  const auto call = std::string_view(request.path).substr(at + root.size());
  if (call == "webgetalbumslist") return "shared-albums";
  if (call == "webgetassetcount") return "shared-count";
  if (call == "webgetassets") return "shared-assets";
  return {};
}

Reply SharedAlbums::answer(std::string_view step, const Request& request, Instant now) {
  if (step == "shared-albums") return list(request);
  const Zone* album = library_->find(object_in(request).value("albumguid", ""));
  if (album == nullptr || !is_shared_album(*album))
    return reply_of(404, {{"errorReason", "Album not found"}});
  if (step == "shared-count") return reply_of(200, {{"albumassetcount", assets_in(*album).size()}});
  return photos(*album, request, now);
}

Reply SharedAlbums::list(const Request& request) {
  json albums = json::array();
  for (const Zone& zone : library_->zones) {
    if (!is_shared_album(zone)) continue;
    albums.push_back(
        {{"albumguid", zone.name()},
         {"albumctag", std::to_string(zone.position())},
         {"albumlocation",
          fmt::format(
              "{}/{}{}", address_of(Service::shared_streams, request), account_->dsid, root)},
         {"ownerdsid", account_->dsid},
         {"sharingtype", "owned"},
         {"iswebuploadsupported", true},
         {"attributes",
          {{"name", title_of(zone)},
           {"creationDate", "1735689600000"},
           {"allowcontributions", true},
           {"ispublic", false}}}});
  }
  return reply_of(200, {{"albums", std::move(albums)}});
}

Reply SharedAlbums::photos(const Zone& album, const Request& request, Instant now) {
  const json asked = object_in(request);
  const auto assets = assets_in(album);
  const auto first = std::min(number_in(asked, "offset", 0), assets.size());
  const auto end = std::clamp(number_in(asked, "limit", 100), first, assets.size());
  const auto how = database_->rendering(request, now);
  json records = json::array();
  for (std::size_t i = first; i < end; ++i) {
    const auto& asset = std::get<Asset>(assets[i]->value);
    json master = to_json(album, *album.find(asset.master), how);
    master["fields"]["originalCreationDate"] =
        field(asset.taken.time_since_epoch().count(), "TIMESTAMP");
    master["pluginFields"] = {{"likeCount", field(0, "INT64")}};
    records.push_back(std::move(master));
    records.push_back(to_json(album, *assets[i], how));
  }
  return reply_of(200, {{"records", std::move(records)}});
}

}  // namespace keepsake::simulate::icloud
