// SPDX-License-Identifier: GPL-3.0-or-later
// What Apple really answered once, through the readers of its answers. The recordings are
// icloudpd's (MIT); they are no part of the source.
#include "crypto/sha.h"
#include "records.h"
#include "source/icloud/account.h"
#include "source/icloud/page.h"
#include "source/icloud/ranks.h"
#include "source/icloud/record_text.h"
#include "source/icloud/second_factor.h"
#include "source/icloud/translate.h"
#include "tests/support/test_data.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

using namespace keepsake;
using namespace keepsake::tests;
using namespace keepsake::source::icloud;
using photo::Role;

namespace {

constexpr Instant now = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

struct Exchange {
  std::string uri;
  std::string asked;
  int status = 0;
  std::string answer;
};

std::string text_of_body(const Json& body) {
  if (!body.is_object()) return {};
  if (body.contains("text")) return body["text"];
  return body.contains("base64")
             ? std::string(text_of(from_base64(body["base64"].get<std::string>()).value()))
             : std::string();
}

/// The exchanges of one recording; none where it is not there, which is said.
std::vector<Exchange> exchanges(const std::string& name) {
  const auto folder = test_data("icloud-cassettes");
  if (!folder) return {};
  std::ifstream in(*folder / (name + ".json"), std::ios::binary);
  const auto recording = Json::parse(in);
  std::vector<Exchange> all;
  for (const Json& it : recording["interactions"])
    all.push_back({it["request"]["uri"],
                   text_of_body(it["request"]["body"]),
                   it["response"]["status"],
                   text_of_body(it["response"]["body"])});
  return all;
}

/// The pages of lists that were asked for by a kind of record.
std::vector<Page> pages(const std::string& recording, std::string_view asked_for) {
  std::vector<Page> pages;
  for (const Exchange& it : exchanges(recording))
    if (it.uri.find("records/query") != std::string::npos &&
        it.asked.find(asked_for) != std::string::npos)
      pages.push_back(
          page_in(json::Document::parse(it.answer, ByteCount{64 << 20}).value().root()));
  return pages;
}

/// The photos of a page, paired by what they say themselves.
std::vector<photo::Asset> photos_of(const Page& page) {
  std::map<std::string, std::string> masters;
  for (const MasterRecord& master : page.masters) masters[master.name] = master.text;
  std::vector<photo::Asset> photos;
  for (const AssetRecord& asset : page.assets) {
    REQUIRE(masters.contains(asset.master));
    photos.push_back(
        asset_of(joined(asset.text, masters[asset.master]), {}, "PrimarySync", now).value());
  }
  return photos;
}

const photo::Rendition* file_in(const photo::Asset& asset, Role role) {
  for (const auto& file : asset.renditions)
    if (file.role == role) return &file;
  return nullptr;
}

}  // namespace

TEST_CASE("a recorded page of a hundred photos is read whole") {
  for (const Page& page : pages("listing_photos", "CPLAssetAndMasterByAddedDate")) {
    CHECK(page.records == page.assets.size() + page.masters.size());
    CHECK(ranks_of(page) == static_cast<std::int64_t>(page.assets.size()));
    std::map<photo::Kind, int> kinds;
    for (const photo::Asset& photo : photos_of(page)) {
      CAPTURE(photo.key.id);
      ++kinds[photo.kind];
      CHECK(photo.taken.has_value());
      const auto* original = file_in(photo, Role::original);
      REQUIRE(original != nullptr);
      CHECK(original->size.value > 0);
      CHECK(original->name == photo.name);
      CHECK(!original->unavailable);
      // A master is named by the checksum of its original.
      CHECK(FilePlace::parse(original->source_version)->record ==
            to_text(original->apple_checksum.value()));
      CHECK((photo.kind == photo::Kind::live) == (file_in(photo, Role::live_video) != nullptr));
    }
    if (page.assets.size() < 100) continue;
    CHECK(kinds[photo::Kind::photo] > 0);
    CHECK(kinds[photo::Kind::live] > 0);
    CHECK(kinds[photo::Kind::video] > 0);
  }
}

TEST_CASE("recorded downloads have the checksums that their records say") {
  for (const char* recording : {"listing_photos", "download_autodelete_photos_part1"})
    for (const Exchange& it : exchanges(recording)) {
      const auto object = it.uri.find("/B/");
      constexpr std::size_t stub = 1000;
      if (object == std::string::npos || it.answer.size() < stub) continue;
      auto named = it.uri.substr(object + 3, 28);
      std::replace(named.begin(), named.end(), '-', '+');
      std::replace(named.begin(), named.end(), '_', '/');

      CHECK(to_text(crypto::apple_checksum(bytes_of(it.answer))) == named);
    }
}

TEST_CASE("a recorded name that is not encoded is a name") {
  std::set<std::string> names;
  for (const Page& page :
       pages("listing_photos_filename_string_encoding", "CPLAssetAndMasterByAddedDate"))
    for (const photo::Asset& photo : photos_of(page)) {
      names.insert(photo.name);
      CHECK(photo.name.find('.') != std::string::npos);
    }
  if (!names.empty()) CHECK(names.size() > 1);
}

TEST_CASE("a recorded RAW with a JPEG has both, and the JPEG is the original") {
  int pairs = 0;
  bool any = false;
  for (const Page& page : pages("listing_photos_raw_alt", "CPLAssetAndMasterByAddedDate"))
    for (const photo::Asset& photo : photos_of(page)) {
      any = true;
      if (file_in(photo, Role::raw) == nullptr) continue;
      ++pairs;
      CHECK(file_in(photo, Role::original) != nullptr);
      CHECK(file_in(photo, Role::original)->key != file_in(photo, Role::raw)->key);
    }
  if (any) CHECK(pairs > 0);
}

TEST_CASE("recorded deleted photos are in Recently Deleted") {
  for (const Page& page : pages("autodelete_photos", "CPLAssetAndMasterDeletedByExpungedDate"))
    for (const photo::Asset& photo : photos_of(page)) {
      CHECK(photo.trashed);
      CHECK(photo.shelf == photo::Shelf::recently_deleted);
    }
}

TEST_CASE("recorded albums have their names, and the root has none") {
  for (const Page& page : pages("listing_albums", "CPLAlbumByPositionLive")) {
    CHECK(page.albums.size() == page.records);
    int nameless = 0;
    for (const AlbumRecord& album : page.albums) nameless += album.title.empty() ? 1 : 0;
    CHECK(nameless <= 1);
  }
}

TEST_CASE("a recorded account can be read, before its second factor and after it") {
  std::vector<bool> wanted;
  for (const Exchange& it : exchanges("2fa_flow_valid_code"))
    if (it.uri.find("/accountLogin") != std::string::npos)
      wanted.push_back(account_in(it.answer).value().wants_second_factor);
  if (!wanted.empty()) CHECK(wanted == std::vector<bool>{true, false});
}

TEST_CASE("a recorded sign-in page tells where codes can be sent") {
  bool any = false;
  bool found = false;
  for (const Exchange& it : exchanges("2fa_flow_valid_code")) {
    any = true;
    if (it.answer.find("boot_args") == std::string::npos) continue;
    const auto factors = factors_in(it.answer);
    REQUIRE(factors);
    found = found || !factors->phones.empty();
  }
  CHECK(found == any);
}
