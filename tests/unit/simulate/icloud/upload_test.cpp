// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "crypto/sha.h"
#include "tests/unit/simulate/icloud/visitor.h"

#include <doctest/doctest.h>

using namespace keepsake;
using nlohmann::json;
using tests::json_of;
using tests::SimulatedCloud;
using tests::Visitor;

namespace {

/// The path of an address on the simulator's host.
std::string path_of(const std::string& address) {
  return address.substr(address.find('/', std::string("https://").size()));
}

json upload(Visitor& visitor, const std::string& bytes) {
  const auto given =
      json_of(visitor.post("/photosupload/createUploadUrl",
                           {{"zoneName", "PrimarySync"}, {"assets", {{"file-1", bytes.size()}}}}));
  const std::string address = given["uploadUrls"]["file-1"];
  return json_of(visitor.send("POST", path_of(address), bytes))["singleFile"];
}

json put(Visitor& visitor, const json& file) {
  return json_of(visitor.post("/photosupload/putAsset",
                              {{"zoneName", "PrimarySync"},
                               {"files",
                                {{{"fileName", "IMG_1.JPG"},
                                  {"lastModDate", 1'700'000'000'000},
                                  {"timeZoneOffset", -120},
                                  {"singleFileUploadRequest", file}}}}}))[0];
}

json record(Visitor& visitor, const std::string& name) {
  return json_of(visitor.ask("records/lookup",
                             {{"records", {{{"recordName", name}}}},
                              {"zoneID", {{"zoneName", "PrimarySync"}}}}))["records"][0];
}

}  // namespace

TEST_CASE("an uploaded photo becomes an asset that is found after some seconds, with its bytes") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const std::string bytes = "not much of a picture";

  const auto file = upload(visitor, bytes);
  const auto answer = put(visitor, file);

  const auto checksum = to_text(crypto::apple_checksum(bytes_of(bytes)));
  CHECK(file["fileChecksum"] == checksum);
  CHECK(answer["response"]["status"] == 200);
  CHECK(answer["cplMaster"]["recordName"] == checksum);
  CHECK(answer["cplAsset"]["fields"]["timeZoneOffset"]["value"] == 7200);
  CHECK(record(visitor, checksum)["serverErrorCode"] == "NOT_FOUND");
  visitor.control("clock", {{"seconds", 20}});
  const auto master = record(visitor, checksum);
  const auto reply =
      visitor.send("GET", path_of(master["fields"]["resOriginalRes"]["value"]["downloadURL"]));
  REQUIRE(reply.part);
  Bytes got(reply.part->size.value);
  CHECK(reply.part->file->read_at(0, got).value() == got.size());
  CHECK(text_of(got) == bytes);
}

TEST_CASE("what the library has already is told, and not put there twice") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto first = put(visitor, upload(visitor, "the same bytes"));

  const auto second = put(visitor, upload(visitor, "the same bytes"));

  CHECK(second["response"]["status"] == 409);
  CHECK(second["cplAsset"]["recordName"] == first["cplAsset"]["recordName"]);
  CHECK_FALSE(second.contains("uploadJobId"));
}

TEST_CASE("a receipt is good once, an address too, and jobs are known by their ids") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto file = upload(visitor, "some bytes");
  const std::string job = put(visitor, file)["uploadJobId"];

  CHECK(put(visitor, file)["response"]["status"] == 400);
  CHECK(visitor.send("POST", "/photosupload/file/nobody-gave-this", "x").status == 404);
  const auto status =
      json_of(visitor.post("/photosupload/uploadStatus", {{"uploadJobIds", {job, "other"}}}));
  CHECK(status[job]["progress"] == 100);
  CHECK(status["other"]["errorCode"] == 404);
}

TEST_CASE("the old way of uploading is gone, and none opens without a session") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  CHECK(visitor.post("/photosupload/createUploadUrl", json::object()).status == 401);
  visitor.sign_in();

  const auto reply = visitor.send("POST", "/upload?filename=IMG_1.JPG&dsid=10000000001", "bytes");

  CHECK(reply.status == 410);
  CHECK(json_of(reply)["errorReason"] == "Gone");
}

TEST_CASE("an uploaded photo outlives a restart") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const std::string asset =
      put(visitor, upload(visitor, "lasting bytes"))["cplAsset"]["recordName"];

  cloud.start(1, {}, false);
  visitor.control("clock", {{"seconds", 20}});

  CHECK(record(visitor, asset)["recordType"] == "CPLAsset");
}

TEST_CASE("shared albums are listed with their reduced copies") {
  SimulatedCloud cloud(1, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  visitor.act({{"do", "make-shared-album"}, {"title", "Wedding"}, {"photos", 5}});

  const auto albums = json_of(
      visitor.post("/10000000001/sharedstreams/webgetalbumslist", json::object()))["albums"];
  REQUIRE(albums.size() == 1);
  const auto location = path_of(albums[0]["albumlocation"]);
  const auto count =
      json_of(visitor.post(location + "webgetassetcount", {{"albumguid", albums[0]["albumguid"]}}));
  const auto photos = json_of(visitor.post(location + "webgetassets",
                                           {{"albumguid", albums[0]["albumguid"]},
                                            {"albumctag", albums[0]["albumctag"]},
                                            {"offset", "3"},
                                            {"limit", "103"}}))["records"];

  CHECK(albums[0]["attributes"]["name"] == "Wedding");
  CHECK(count["albumassetcount"] == 5);
  REQUIRE(photos.size() == 4);
  CHECK(photos[0]["fields"]["resOriginalWidth"]["value"] == 2048);
  CHECK(photos[0]["fields"].contains("originalCreationDate"));
  const std::string address = photos[0]["fields"]["resOriginalRes"]["value"]["downloadURL"];
  CHECK(visitor.send("GET", path_of(address)).status == 200);
}

TEST_CASE("only the zones in which something changed are told") {
  SimulatedCloud cloud(60, {}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto first = json_of(visitor.ask("changes/database", json::object()));
  CHECK(first["zones"].size() == 2);

  visitor.act({{"do", "add"}});

  const auto second =
      json_of(visitor.ask("changes/database", {{"syncToken", first["syncToken"]}}))["zones"];
  REQUIRE(second.size() == 1);
  CHECK(second[0]["zoneID"]["zoneName"] == "PrimarySync");
}
