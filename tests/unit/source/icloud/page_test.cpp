// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/page.h"

#include "records.h"
#include "source/icloud/ranks.h"
#include "source/icloud/record_text.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::tests;
using namespace keepsake::source::icloud;

namespace {

Json asset(const std::string& name, const std::string& master) {
  return record("CPLAsset", name, {{"masterRef", reference(master)}});
}

Json master(const std::string& name) {
  return record("CPLMaster", name, file("resOriginal", "public.heic", 9, checksum("AA")));
}

/// A page of so many whole photos.
Page photos(std::size_t count) {
  std::vector<Json> records;
  records.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) records.push_back(master("M" + std::to_string(i)));
  for (std::size_t i = 0; i < count; ++i)
    records.push_back(asset("A" + std::to_string(i), "M" + std::to_string(i)));
  return page_of_records(std::move(records));
}

}  // namespace

TEST_CASE("records are taken apart by kind, in whatever order they come") {
  const auto page = page_of(
      {{"records",
        {asset("A1", "M1"),
         record("CPLFaceCrop", "F", Json::object()),
         master("M1"),
         record(
             "CPLAlbum", "L", {{"albumNameEnc", encoded("Cafe\u0301")}, {"albumType", value(0)}}),
         record("CPLContainerRelation",
                "A1-IN-L",
                {{"itemId", value("A1", "STRING")}, {"containerId", value("L", "STRING")}}),
         {{"recordName", "A9"}, {"deleted", true}, {"recordType", nullptr}},
         {{"recordName", "A8"}, {"serverErrorCode", "NOT_FOUND"}, {"reason", "no"}}}},
       {"syncToken", "T"},
       {"continuationMarker", "C"},
       {"moreComing", true}});

  CHECK(page.records == 7);
  REQUIRE(page.assets.size() == 1);
  CHECK(page.assets[0].name == "A1");
  CHECK(page.assets[0].master == "M1");
  REQUIRE(page.masters.size() == 1);
  CHECK(page.masters[0].name == "M1");
  REQUIRE(page.albums.size() == 1);
  CHECK(page.albums[0].title == "Café");
  REQUIRE(page.members.size() == 1);
  CHECK(page.members[0].album == "L");
  CHECK(page.purged == std::vector<std::string>{"A9"});
  REQUIRE(page.failures.size() == 1);
  CHECK(page.failures[0].code == "NOT_FOUND");
  REQUIRE(page.addresses.size() == 1);
  CHECK(page.addresses[0].record == "M1");
  CHECK(page.addresses[0].prefix == "resOriginal");
  CHECK(page.sync_token == "T");
  CHECK(page.continuation == "C");
  CHECK(page.more_coming);
}

TEST_CASE("albums and folders are told apart, and those of other kinds are none") {
  const auto kind_of = [](std::int64_t type) {
    return page_of_records({record("CPLAlbum", "L", {{"albumType", value(type)}})})
        .albums.at(0)
        .kind;
  };

  CHECK(kind_of(0) == AlbumRecord::Kind::album);
  CHECK(kind_of(3) == AlbumRecord::Kind::folder);
  CHECK(kind_of(6) == AlbumRecord::Kind::other);
}

TEST_CASE("a membership is known by its name alone when it is no more") {
  const auto member = member_named("F1-2-IN-L1-3");

  REQUIRE(member);
  CHECK(member->asset == "F1-2");
  CHECK(member->album == "L1-3");
  CHECK(!member_named("F1-2"));
}

TEST_CASE("what is no record costs nothing but itself") {
  const auto page = page_of({{"records",
                              {1,
                               nullptr,
                               "text",
                               Json::array(),
                               Json::object(),
                               {{"recordName", 7}},
                               {{"recordName", "x"}, {"recordType", "CPLAsset"}},
                               {{"recordName", "y"}, {"recordType", "CPLAsset"}, {"fields", 3}},
                               asset("A1", "M1")}}});

  CHECK(page.records == 9);
  CHECK(page.assets.size() == 1);
}

TEST_CASE("marks are on whether they are a number or true") {
  for (const Json& on : {Json(1), Json(true)})
    CHECK(page_of_records({record("CPLAsset", "A", {{"isExpunged", value(on)}})})
              .assets.at(0)
              .is_expunged);
  for (const Json& off : {Json(0), Json(false), Json(nullptr)})
    CHECK(!page_of_records({record("CPLAsset", "A", {{"isExpunged", value(off)}})})
               .assets.at(0)
               .is_expunged);
}

TEST_CASE("what is kept of a record leaves out what changes by itself") {
  const auto page =
      page_of_records({record("CPLMaster",
                              "M",
                              merged({file("resOriginal", "public.heic", 9, checksum("AA")),
                                      file("resJPEGThumb", "public.jpeg", 9, checksum("BB")),
                                      {{"recordModificationDate", value(1)},
                                       {"itemType", value("public.heic", "STRING")}}}))});

  const auto kept = Json::parse(page.masters.at(0).text);

  CHECK(kept["recordName"] == "M");
  CHECK(kept["created"] == 1'700'000'000'000);
  CHECK(kept["fields"]["itemType"] == "public.heic");
  CHECK(kept["fields"]["resOriginalRes"] == Json{{"fileChecksum", checksum("AA")}, {"size", 9}});
  CHECK(!kept["fields"].contains("resJPEGThumbRes"));
  CHECK(!kept["fields"].contains("recordModificationDate"));
  CHECK(kept.dump().find("https") == std::string::npos);
}

TEST_CASE("a photo's two halves come apart as they were put together") {
  const std::string a = R"({"fields":{},"recordName":"A"})";
  const std::string m = R"({"fields":{"n":1},"recordName":"M"})";

  CHECK(half_of(joined(a, m), "asset") == a);
  CHECK(half_of(joined(a, m), "master") == m);
  CHECK(half_of(joined(a, {}), "asset") == a);
  CHECK(half_of(joined(a, {}), "master").empty());
  CHECK(half_of("nonsense", "asset").empty());
}

TEST_CASE("ranks count photos, whatever halves a page has of them") {
  CHECK(ranks_of(photos(100)) == 100);
  CHECK(ranks_of(page_of_records({asset("A", "M"), asset("B", "M"), master("M")})) == 2);
  CHECK(ranks_of(page_of_records({master("M")})) == 1);
  CHECK(ranks_of(page_of_records({record("CPLMemory", "X", Json::object())})) == 1);
}

TEST_CASE("a list ends where nothing comes, or less than a page without a mark for more") {
  auto marked = photos(30);
  marked.continuation = "more";

  CHECK(is_last(page_of_records({}), 0, std::nullopt));
  CHECK(is_last(photos(30), 0, std::nullopt));
  CHECK(!is_last(photos(100), 0, std::nullopt));
  CHECK(!is_last(marked, 0, std::nullopt));
}

TEST_CASE("a length that is told ends a list only where it was reached") {
  CHECK(!is_last(photos(30), 0, 31));
  CHECK(is_last(photos(30), 70, 100));
  CHECK(is_last(photos(100), 0, 100));
}
