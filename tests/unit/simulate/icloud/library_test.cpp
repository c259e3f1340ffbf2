// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "crypto/sha.h"
#include "tests/unit/simulate/icloud/visitor.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace keepsake;
using nlohmann::json;
using tests::json_of;
using tests::SimulatedCloud;
using tests::Visitor;

namespace {

const json own_zone = {{"zoneName", "PrimarySync"}};

json filter(const char* field, const char* type, const json& value) {
  return {{"fieldName", field},
          {"comparator", "EQUALS"},
          {"fieldValue", {{"type", type}, {"value", value}}}};
}

/// A page of a list of photos.
json page(Visitor& visitor,
          const std::string& list,
          std::uint64_t rank,
          json more = json::array()) {
  more.push_back(filter("startRank", "INT64", rank));
  more.push_back(filter("direction", "STRING", "ASCENDING"));
  const auto reply = visitor.ask("records/query",
                                 {{"query", {{"recordType", list}, {"filterBy", more}}},
                                  {"zoneID", own_zone},
                                  {"resultsLimit", 200}});
  REQUIRE(reply.status == 200);
  return json_of(reply);
}

constexpr auto all = "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted";
constexpr auto trashed = "CPLAssetAndMasterDeletedByExpungedDate";

/// The names of a page's records of one type, in their order.
std::vector<std::string> names(const json& page, const std::string& type) {
  std::vector<std::string> found;
  for (const json& record : page["records"])
    if (record["recordType"] == type) found.push_back(record["recordName"]);
  return found;
}

/// Every asset of a list, paged through by rank.
std::vector<std::string> list(Visitor& visitor, const std::string& which) {
  std::vector<std::string> assets;
  while (true) {
    const auto more = names(page(visitor, which, assets.size()), "CPLAsset");
    if (more.empty()) return assets;
    assets.insert(assets.end(), more.begin(), more.end());
  }
}

/// Everything that changes/zone tells from a mark on, or from the beginning.
struct Told {
  std::vector<json> records;
  int empty_pages = 0;
  std::string mark;
};

Told changes(Visitor& visitor, const std::string& zone, std::string since = {}) {
  Told told;
  while (true) {
    json asked = {{"zoneID", {{"zoneName", zone}}}, {"resultsLimit", 200}};
    if (!since.empty()) asked["syncToken"] = since;
    const auto answer = json_of(visitor.ask("changes/zone", {{"zones", {asked}}}))["zones"][0];
    REQUIRE(answer.contains("records"));
    if (answer["records"].empty()) ++told.empty_pages;
    for (const json& record : answer["records"]) told.records.push_back(record);
    told.mark = since = answer["syncToken"];
    if (!answer["moreComing"].get<bool>()) return told;
  }
}

json record(Visitor& visitor, const std::string& name) {
  return json_of(
      visitor.ask("records/lookup",
                  {{"records", {{{"recordName", name}}}}, {"zoneID", own_zone}}))["records"][0];
}

Bytes bytes_of_part(const tests::Reply& reply) {
  REQUIRE(reply.part);
  Bytes bytes(reply.part->size.value);
  CHECK(reply.part->file->read_at(reply.part->first, bytes).value() == bytes.size());
  return bytes;
}

/// The path and query of an address.
std::string target_of(const std::string& address) { return address.substr(address.find("/B/")); }

}  // namespace

TEST_CASE("pages hold masters first and then their assets, newest first") {
  SimulatedCloud cloud(250, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();

  const auto first = page(visitor, all, 0);

  CHECK(first["records"].size() <= 200);
  bool assets_began = false;
  std::int64_t last_date = std::numeric_limits<std::int64_t>::max();
  std::set<std::string> masters;
  for (const json& one : first["records"]) {
    if (one["recordType"] == "CPLMaster") {
      CHECK_FALSE(assets_began);
      masters.insert(one["recordName"].get<std::string>());
      continue;
    }
    assets_began = true;
    CHECK(masters.contains(one["fields"]["masterRef"]["value"]["recordName"].get<std::string>()));
    const std::int64_t date = one["fields"]["assetDate"]["value"];
    CHECK(date <= last_date);
    last_date = date;
  }
  CHECK(names(first, "CPLAsset").size() == 100);
  CHECK(first.contains("continuationMarker"));
}

TEST_CASE(
    "counts and lists agree, and every asset is in exactly one of shown, hidden, trashed, "
    "unpicked") {
  SimulatedCloud cloud(250, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto count = [&](const char* index) {
    const json lookup = {{"query",
                          {{"recordType", "HyperionIndexCountLookup"},
                           {"filterBy",
                            {{"fieldName", "indexCountID"},
                             {"comparator", "IN"},
                             {"fieldValue", {{"type", "STRING_LIST"}, {"value", {index}}}}}}}},
                         {"zoneID", own_zone},
                         {"zoneWide", true},
                         {"resultsLimit", 1}};
    return json_of(visitor.ask(
        "internal/records/query/batch",
        {{"batch", {lookup}}}))["batch"][0]["records"][0]["fields"]["itemCount"]["value"]
        .get<std::size_t>();
  };

  const auto shown = list(visitor, all);
  const auto hidden = list(visitor, "CPLAssetAndMasterHiddenByAssetDate");
  const auto gone = list(visitor, trashed);

  CHECK(count("CPLAssetByAssetDateWithoutHiddenOrDeleted") == shown.size());
  CHECK(count("CPLAssetHiddenByAssetDate") == hidden.size());
  CHECK(count("CPLAssetDeletedByExpungedDate") == gone.size());
  const std::set<std::string> visible(shown.begin(), shown.end());
  CHECK(visible.size() == shown.size());
  std::size_t unpicked = 0;
  std::size_t assets = 0;
  const auto photos = json_of(visitor.control("files", json::object()));
  for (const json& photo : photos["photos"]) {
    ++assets;
    if (photo["zone"] != "PrimarySync") continue;
    const bool is_unpicked = !photo["shown_in_burst"].get<bool>() && !photo["trashed"].get<bool>();
    if (is_unpicked) ++unpicked;
    const bool is_shown =
        !photo["hidden"].get<bool>() && !photo["trashed"].get<bool>() && !is_unpicked;
    CHECK(visible.contains(photo["asset"].get<std::string>()) == is_shown);
  }
  CHECK(assets == 250);
  CHECK(unpicked > 0);
}

TEST_CASE("a download has the bytes that its checksum and size promise, whole and in parts") {
  SimulatedCloud cloud(120, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  int files = 0;
  const auto first = page(visitor, all, 0);
  for (const json& one : first["records"]) {
    for (const auto& [name, field] : one["fields"].items()) {
      if (!name.ends_with("Res")) continue;
      const json& file = field["value"];
      CAPTURE(file["downloadURL"].get<std::string>());
      ++files;

      const auto whole =
          bytes_of_part(visitor.send("GET", target_of(file["downloadURL"].get<std::string>())));

      CHECK(whole.size() == file["size"].get<std::size_t>());
      CHECK(to_text(crypto::apple_checksum(whole)) == file["fileChecksum"].get<std::string>());
    }
    if (one["recordType"] == "CPLMaster")
      CHECK(one["recordName"] == one["fields"]["resOriginalFingerprint"]["value"]);
  }
  CHECK(files > 200);
}

TEST_CASE("a part of a file is that part, wherever it begins") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto added = visitor.act({{"do", "add"}, {"size", 3000}});
  const auto file = record(visitor, added["master"])["fields"]["resOriginalRes"]["value"];
  const auto target = target_of(file["downloadURL"].get<std::string>());
  const auto whole = bytes_of_part(visitor.send("GET", target));
  const auto ask = [&](const std::string& range) { return visitor.send_with_range(target, range); };

  for (const std::size_t first :
       {std::size_t{0}, std::size_t{1}, std::size_t{777}, whole.size() - 1}) {
    CAPTURE(first);
    const auto reply = ask("bytes=" + std::to_string(first) + "-");
    CHECK(reply.status == 206);
    const auto part = bytes_of_part(reply);
    CHECK(std::ranges::equal(part, std::span(whole).subspan(first)));
  }
  CHECK(ask("bytes=" + std::to_string(whole.size()) + "-").status == 416);
}

TEST_CASE("an address is good for an hour, and a lookup gives a fresh one") {
  SimulatedCloud cloud(2, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto master = names(page(visitor, all, 0), "CPLMaster").front();
  const auto address = [&] {
    return target_of(record(visitor, master)["fields"]["resOriginalRes"]["value"]["downloadURL"]);
  };
  const auto old = address();
  CHECK(visitor.send("GET", old).status == 200);

  visitor.control("clock", {{"seconds", 3601}});

  CHECK(visitor.send("GET", old).status == 410);
  CHECK(visitor.send("GET", address()).status == 200);
  auto forged = old;
  forged.replace(forged.find("&e=") + 3, 1, "9");
  CHECK(visitor.send("GET", forged).status == 410);
}

TEST_CASE("the history from its beginning tells every record, with empty pages and pairs apart") {
  SimulatedCloud cloud(250, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();

  const auto told = changes(visitor, "PrimarySync");

  std::map<std::string, int> met;
  std::map<std::string, std::size_t> types;
  for (const json& one : told.records) {
    CHECK(++met[one["recordName"].get<std::string>()] == 1);
    ++types[one.value("deleted", false) ? "tombstone" : one["recordType"].get<std::string>()];
  }
  const auto shown = list(visitor, all);
  for (const std::string& asset : shown) CHECK(met.contains(asset));
  CHECK(told.empty_pages > 0);
  CHECK(types["tombstone"] > 0);
  CHECK(types["CPLFaceCrop"] > 0);
  CHECK(types["CPLAlbum"] == 9);
  CHECK(changes(visitor, "PrimarySync", told.mark).records.empty());
}

TEST_CASE("after a mark only what changed is told, whatever changed it") {
  struct Row {
    const char* name;
    json act;
    std::set<std::string> types;
  };

  for (const Row& row :
       {Row{"new photo", {{"do", "add"}}, {"CPLMaster", "CPLAsset", "CPLLibraryInfo"}},
        Row{"favourite", {{"do", "favorite"}}, {"CPLAsset", "CPLLibraryInfo"}},
        Row{"hidden", {{"do", "hide"}}, {"CPLAsset", "CPLLibraryInfo"}},
        Row{"thrown away", {{"do", "trash"}}, {"CPLMaster", "CPLAsset", "CPLLibraryInfo"}},
        Row{"edited", {{"do", "edit"}}, {"CPLAsset", "CPLLibraryInfo"}},
        Row{"duplicated", {{"do", "duplicate"}}, {"CPLAsset"}},
        Row{"purged", {{"do", "purge"}}, {"tombstone"}},
        Row{"new album", {{"do", "make-album"}, {"title", "Rome"}}, {"CPLAlbum"}}}) {
    CAPTURE(row.name);
    SimulatedCloud cloud(10, {}, false);
    Visitor visitor(cloud);
    visitor.sign_in();
    const auto mark = changes(visitor, "PrimarySync").mark;
    json act = row.act;
    act["asset"] = names(page(visitor, all, 0), "CPLAsset").front();
    if (act["do"] == "add") act.erase("asset");

    visitor.act(act);

    std::set<std::string> types;
    for (const json& one : changes(visitor, "PrimarySync", mark).records)
      types.insert(one.value("deleted", false) ? "tombstone"
                                               : one["recordType"].get<std::string>());
    CHECK(types == row.types);
  }
}

TEST_CASE("what is thrown away says when it goes for good; what comes back says nothing of it") {
  SimulatedCloud cloud(10, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto asset = names(page(visitor, all, 0), "CPLAsset").front();

  visitor.act({{"do", "trash"}, {"asset", asset}});
  const auto gone = record(visitor, asset);
  visitor.act({{"do", "trash"}, {"asset", asset}, {"on", false}});
  const auto back = record(visitor, asset);

  const std::int64_t now = cloud.clock.now().time_since_epoch().count();
  CHECK(gone["fields"]["isDeleted"]["value"] == 1);
  CHECK(gone["fields"]["dateExpunged"]["value"] == now + 30LL * 86'400'000);
  CHECK(gone["expirationTime"] == now / 1000 + 40LL * 86'400);
  CHECK_FALSE(back["fields"].contains("isDeleted"));
  CHECK_FALSE(back.contains("expirationTime"));
}

TEST_CASE("marks of another kind, torn ones and expired ones are refused in Apple's words") {
  SimulatedCloud cloud(10, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto refused = [&](const std::string& mark) {
    return json_of(visitor.ask(
        "changes/zone", {{"zones", {{{"zoneID", own_zone}, {"syncToken", mark}}}}}))["zones"][0];
  };
  const auto zone_mark = changes(visitor, "PrimarySync").mark;
  const std::string database_mark =
      json_of(visitor.ask("changes/database", json::object()))["syncToken"];

  CHECK(refused(database_mark)["reason"] == "Unknown sync continuation type");
  CHECK(refused(zone_mark.substr(0, 20))["reason"] == "Invalid continuation format");
  visitor.control("expire", {{"what", "marks"}});
  CHECK(refused(zone_mark)["serverErrorCode"] == "BAD_REQUEST");
}

TEST_CASE("the database tells that nothing changed, and then that something did") {
  SimulatedCloud cloud(10, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto ask = [&](const json& body) { return json_of(visitor.ask("changes/database", body)); };
  const auto first = ask(json::object());

  CHECK(first["zones"].size() == 1);
  CHECK(ask({{"syncToken", first["syncToken"]}})["zones"].empty());
  visitor.act({{"do", "add"}});
  CHECK(ask({{"syncToken", first["syncToken"]}})["zones"].size() == 1);
}

TEST_CASE("albums lie in folders, and their members are listed with them") {
  SimulatedCloud cloud(250, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto albums = [&](const std::string& parent) {
    json query = {{"recordType", "CPLAlbumByPositionLive"}};
    if (!parent.empty()) query["filterBy"] = {filter("parentId", "STRING", parent)};
    std::map<std::string, std::string> by_title;
    const auto told =
        json_of(visitor.ask("records/query", {{"query", query}, {"zoneID", own_zone}}));
    for (const json& album : told["records"])
      if (album["fields"].contains("albumNameEnc"))
        by_title[std::string(
            text_of(*from_base64(album["fields"]["albumNameEnc"]["value"].get<std::string>())))] =
            album["recordName"];
    return by_title;
  };

  const auto top = albums("");
  const auto travels = albums(top.at("Travels"));
  const auto hawaii = page(visitor,
                           "CPLContainerRelationLiveByAssetDate",
                           0,
                           {filter("parentId", "STRING", travels.at("Hawaii"))});

  CHECK(top.contains("Favorites"));
  CHECK(top.contains("2019/2020"));
  CHECK(albums(travels.at("Asia")).contains("Kyōto"));
  const auto members = names(hawaii, "CPLContainerRelation");
  const auto assets = names(hawaii, "CPLAsset");
  REQUIRE(!assets.empty());
  CHECK(members.size() == assets.size());
  CHECK(members.front() == assets.front() + "-IN-" + travels.at("Hawaii"));
}

TEST_CASE("a change is taken with the present tag only, and what it did is told") {
  SimulatedCloud cloud(10, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto asset = names(page(visitor, all, 0), "CPLAsset").front();
  const auto modify = [&](const std::string& tag, int on) {
    return json_of(
        visitor.ask("records/modify",
                    {{"atomic", true},
                     {"zoneID", own_zone},
                     {"operations",
                      {{{"operationType", "update"},
                        {"record",
                         {{"recordName", asset},
                          {"recordType", "CPLAsset"},
                          {"recordChangeTag", tag},
                          {"fields", {{"isFavorite", {{"value", on}}}}}}}}}}}))["records"][0];
  };
  const std::string tag = record(visitor, asset)["recordChangeTag"];

  const auto done = modify(tag, 1);
  const auto stale = modify(tag, 0);

  CHECK(done["fields"]["isFavorite"]["value"] == 1);
  CHECK(done["recordChangeTag"] != tag);
  CHECK(stale["serverErrorCode"] == "CONFLICT");
  CHECK(record(visitor, asset)["fields"]["isFavorite"]["value"] == 1);
}

TEST_CASE("of atomic changes all or none are done") {
  SimulatedCloud cloud(10, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const json create = {
      {"operationType", "create"},
      {"record",
       {{"recordType", "CPLAlbum"},
        {"recordName", "A-NEW-ALBUM"},
        {"fields", {{"albumNameEnc", {{"value", "Um9tZQ=="}}}, {"albumType", {{"value", 0}}}}}}}};
  const json remove = {{"operationType", "forceDelete"}, {"record", {{"recordName", "NOT-THERE"}}}};
  const auto modify = [&](bool atomic) {
    return json_of(visitor.ask(
        "records/modify",
        {{"atomic", atomic}, {"zoneID", own_zone}, {"operations", {create, remove}}}))["records"];
  };

  const auto together = modify(true);
  CHECK(together[0]["serverErrorCode"] == "ATOMIC_ERROR");
  CHECK(together[1]["serverErrorCode"] == "NOT_FOUND");
  CHECK(record(visitor, "A-NEW-ALBUM")["serverErrorCode"] == "NOT_FOUND");
  const auto alone = modify(false);
  CHECK(alone[0]["fields"]["albumNameEnc"]["value"] == "Um9tZQ==");
  CHECK(alone[1]["serverErrorCode"] == "NOT_FOUND");
}

TEST_CASE("a restart finds the library as it was, with the same marks and addresses of its own") {
  SimulatedCloud cloud(60, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto asset = names(page(visitor, all, 0), "CPLAsset").front();
  visitor.act({{"do", "trash"}, {"asset", asset}});
  visitor.act({{"do", "add"}, {"kind", "live"}});
  const auto files = [&] { return json_of(visitor.control("files", json::object())); };
  const auto before = files();
  const auto mark = changes(visitor, "PrimarySync").mark;

  cloud.start(5, {}, false);

  CHECK(files() == before);
  CHECK(changes(visitor, "PrimarySync", mark).records.empty());
  CHECK(list(visitor, trashed).size() == 2);
}

TEST_CASE("a shared library is a zone of its own, without albums") {
  SimulatedCloud cloud(60, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto zones = json_of(visitor.ask("zones/list", json::object()))["zones"];
  REQUIRE(zones.size() == 2);
  const std::string shared = zones[1]["zoneID"]["zoneName"];

  const auto albums = visitor.ask(
      "records/query",
      {{"query", {{"recordType", "CPLAlbumByPositionLive"}}}, {"zoneID", {{"zoneName", shared}}}});

  CHECK(shared.starts_with("SharedSync-"));
  CHECK(changes(visitor, shared).records.size() >= 4);
  CHECK(albums.status == 400);
  CHECK(json_of(albums)["reason"] == "Index has invalid data");
}

TEST_CASE("only the fields that were asked for are told") {
  SimulatedCloud cloud(3, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto master = names(page(visitor, all, 0), "CPLMaster").front();

  const auto told =
      json_of(visitor.ask("records/lookup",
                          {{"records", {{{"recordName", master}}}},
                           {"zoneID", own_zone},
                           {"desiredKeys", {"filenameEnc", "nonsense"}}}))["records"][0];

  CHECK(told["fields"].size() == 1);
  CHECK(told["fields"].contains("filenameEnc"));
}
