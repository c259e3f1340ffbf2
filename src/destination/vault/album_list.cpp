// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination/vault/album_list.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace keepsake::destination::in_vault {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

AlbumList AlbumList::parse(std::string_view text) {
  AlbumList list;
  const auto object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return list;
  try {
    for (const Json& album : object.at("albums")) {
      std::vector<std::string> assets;
      for (const Json& id : album.at("assets")) assets.push_back(unshown(id.get<std::string>()));
      list.show(album.at("titles").get<std::vector<std::string>>(), std::move(assets));
    }
  } catch (const Json::exception&) {
    return {};
  }
  return list;
}

void AlbumList::show(const std::vector<std::string>& titles, std::vector<std::string> assets) {
  std::sort(assets.begin(), assets.end());
  assets.erase(std::unique(assets.begin(), assets.end()), assets.end());
  if (assets.empty()) {
    albums_.erase(titles);
  } else {
    albums_[titles] = std::move(assets);
  }
}

std::string AlbumList::to_json() const {
  Json object;
  object["format"] = "keepsake-albums";
  object["version"] = 1;
  object["albums"] = Json::array();
  for (const auto& [titles, assets] : albums_) {
    Json album;
    album["titles"] = titles;
    album["assets"] = Json::array();
    for (const std::string& id : assets) album["assets"].push_back(shown(id));
    object["albums"].push_back(std::move(album));
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace keepsake::destination::in_vault
