// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/faults.h"

#include "simulate/icloud/mishaps.h"
#include "tests/unit/simulate/icloud/visitor.h"

#include <doctest/doctest.h>

using namespace keepsake;
using namespace keepsake::simulate::icloud;
using nlohmann::json;
using tests::json_of;
using tests::SimulatedCloud;
using tests::Visitor;

TEST_CASE("a fault is read with all that it says") {
  const auto fault = parse_fault("503,at=list,on=2,times=3,wait=5,after=25%").value();

  CHECK(fault.status() == 503);
  CHECK(fault.at == "list");
  CHECK(fault.on == 2);
  CHECK(fault.times == 3);
  CHECK(fault.wait == std::chrono::seconds(5));
  CHECK(fault.place_in(1000) == 250);
  CHECK(parse_fault("cut,after=end").value().place_in(1000) == 1000);
  CHECK(parse_fault("cut,after=7").value().place_in(1000) == 7);
  CHECK(parse_fault("cut,after=7").value().place_in(3) == 3);
  CHECK(parse_fault("cut,times=always").value().times == always);
}

TEST_CASE("a fault that makes no sense is refused, and what was meant is guessed") {
  for (const char* spec : {"",
                           "999",
                           "cutt",
                           "cut,at=nowhere",
                           "cut,on=0",
                           "cut,after=150%",
                           "cut,x=1",
                           "cut,times"}) {
    CAPTURE(spec);
    const auto fault = parse_fault(spec);
    REQUIRE_FALSE(fault);
    CHECK(fault.error().cause == Cause::invalid);
  }
  CHECK(parse_fault("cutt").error().what.find("'cut'") != std::string::npos);
}

TEST_CASE("a fault strikes the calls that it concerns, from the first one on, so often") {
  Faults faults;
  faults.add(parse_fault("503,at=database,on=2,times=2").value());
  const auto strikes = [&](const char* operation) {
    return faults.strike_status(operation) != nullptr;
  };

  CHECK_FALSE(strikes("init"));
  CHECK_FALSE(strikes("list"));
  CHECK(strikes("count"));
  CHECK_FALSE(strikes("download"));
  CHECK(strikes("lookup"));
  CHECK_FALSE(strikes("list"));
}

TEST_CASE("each service answers a fault in its own words") {
  struct Row {
    const char* spec;
    const char* operation;
    int status;
    const char* says;
  };

  for (const Row& row : {Row{"503", "init", 503, "Service Temporary Unavailable"},
                         Row{"401", "complete", 401, "-20101"},
                         Row{"421", "validate", 421, "Invalid global session"},
                         Row{"401", "list", 401, "Missing X-APPLE-WEBAUTH-TOKEN cookie"},
                         Row{"429,wait=7", "list", 429, "\"retryAfter\":7"},
                         Row{"access-denied", "zones", 403, "private db access disabled"},
                         Row{"index-invalid", "list", 400, "Index has invalid data"},
                         Row{"410", "download", 410, ""}}) {
    CAPTURE(row.spec);
    CAPTURE(row.operation);
    Faults faults;
    faults.add(parse_fault(row.spec).value());

    const auto reply = answer_instead(faults, row.operation);

    REQUIRE(reply);
    CHECK(reply->status == row.status);
    CHECK(reply->body.find(row.says) != std::string::npos);
    CHECK_FALSE(answer_instead(faults, row.operation));
  }
}

namespace {

/// The first photo's file, downloaded under a fault.
Reply downloaded(const std::string& spec, const std::string& range = {}) {
  SimulatedCloud cloud(1, {spec}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto photo = json_of(visitor.control("files", json::object()))["photos"][0];
  const auto looked_up =
      json_of(visitor.ask("records/lookup",
                          {{"records", {{{"recordName", photo["master"]}}}},
                           {"zoneID", {{"zoneName", "PrimarySync"}}}}))["records"][0];
  const std::string address = looked_up["fields"]["resOriginalRes"]["value"]["downloadURL"];
  const auto target = address.substr(address.find("/B/"));
  return range.empty() ? visitor.send("GET", target) : visitor.send_with_range(target, range);
}

}  // namespace

TEST_CASE("bodies go wrong where they are told to") {
  const auto whole = downloaded("410,on=99").size();
  REQUIRE(whole > 200);

  CHECK(downloaded("cut,after=10").mishap.cut_at == 10);
  CHECK(downloaded("cut,after=end").mishap.cut_at == whole);
  CHECK(downloaded("flip,after=end").mishap.flip_at == whole - 1);
  CHECK(downloaded("wait,wait=2").mishap.wait == std::chrono::seconds(2));
  CHECK(downloaded("short,after=100").size() == 100);
  CHECK(downloaded("note").body == "Unable to find the requested object");
  CHECK(downloaded("no-range", "bytes=50-").status == 200);
  CHECK(downloaded("no-range", "bytes=50-").size() == whole);
  const auto late = downloaded("wrong-offset", "bytes=50-");
  CHECK(late.status == 206);
  CHECK(late.part->first == 51);
}

TEST_CASE("a photo that comes and one that goes between two pages makes a list by rank miss one") {
  SimulatedCloud cloud(250, {"change,on=2"}, false);
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto page = [&](std::uint64_t rank) {
    const auto filter = [](const char* field, const char* type, const json& value) {
      return json{{"fieldName", field},
                  {"comparator", "EQUALS"},
                  {"fieldValue", {{"type", type}, {"value", value}}}};
    };
    std::vector<std::string> assets;
    const auto told = json_of(visitor.ask(
        "records/query",
        {{"query",
          {{"recordType", "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted"},
           {"filterBy",
            {filter("startRank", "INT64", rank), filter("direction", "STRING", "ASCENDING")}}}},
         {"zoneID", {{"zoneName", "PrimarySync"}}},
         {"resultsLimit", 200}}));
    for (const json& one : told["records"])
      if (one["recordType"] == "CPLAsset") assets.push_back(one["recordName"]);
    return assets;
  };

  const auto first = page(0);
  const auto second = page(100);
  const auto again = page(99);

  REQUIRE(again.size() == 100);
  CHECK(second.front() == again[1]);
  CHECK(std::ranges::count(first, again.front()) == 0);
}

TEST_CASE("records lack what a fault takes from them") {
  struct Row {
    const char* fault;
    const char* field;
  };

  for (const Row& row : {Row{"no-filename,times=always", "filenameEnc"},
                         Row{"no-item-type,times=always", "itemType"}}) {
    CAPTURE(row.fault);
    SimulatedCloud cloud(1, {row.fault}, false);
    Visitor visitor(cloud);
    visitor.sign_in();
    const auto photo = json_of(visitor.control("files", json::object()))["photos"][0];

    const auto told =
        json_of(visitor.ask("records/lookup",
                            {{"records", {{{"recordName", photo["master"]}}}},
                             {"zoneID", {{"zoneName", "PrimarySync"}}}}))["records"][0];

    CHECK_FALSE(told["fields"].contains(row.field));
    CHECK(told["fields"].contains("resOriginalRes"));
  }
}
