// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/account.h"

#include "source/icloud/endpoints.h"
#include "source/icloud/second_factor.h"
#include "source/icloud/storage_look.h"
#include "source/icloud/zone.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <functional>

using namespace keepsake;
using namespace keepsake::source::icloud;
using Json = nlohmann::json;

namespace {

Json account_object() {
  return {{"dsInfo",
           {{"dsid", "10000000001"},
            {"hsaVersion", 2},
            {"isWebAccessAllowed", true},
            {"locked", false}}},
          {"webservices",
           {{"ckdatabasews",
             {{"url", "https://p61-ckdatabasews.icloud.com:443"}, {"pcsRequired", true}}},
            {"account", {{"url", "https://p61-setup.icloud.com:443"}}}}},
          {"hsaTrustedBrowser", true},
          {"hsaChallengeRequired", false},
          {"termsUpdateNeeded", false}};
}

Account account_with(const std::function<void(Json&)>& change) {
  auto object = account_object();
  change(object);
  return account_in(object.dump()).value();
}

}  // namespace

TEST_CASE("an account says where its photos are, and that it can be read") {
  const auto account = account_with([](Json&) {});

  CHECK(account.dsid == "10000000001");
  CHECK(account.database->origin() == "https://p61-ckdatabasews.icloud.com");
  CHECK(account.may_want_consent);
  CHECK(!account.wants_second_factor);
  CHECK(check_usable(account));
}

TEST_CASE("a number in place of a text is the account's number all the same") {
  CHECK(account_with([](Json& it) { it["dsInfo"]["dsid"] = 10000000001; }).dsid == "10000000001");
}

TEST_CASE("a second factor is wanted from whom Apple does not trust yet") {
  CHECK(account_with([](Json& it) { it["hsaTrustedBrowser"] = false; }).wants_second_factor);
  CHECK(account_with([](Json& it) { it["hsaChallengeRequired"] = true; }).wants_second_factor);
  CHECK(!account_with([](Json& it) {
           it["hsaTrustedBrowser"] = false;
           it["dsInfo"]["hsaVersion"] = 1;
         }).wants_second_factor);
}

TEST_CASE("what keeps an account from being read is told apart") {
  const auto cause = [](const std::function<void(Json&)>& change) {
    return check_usable(account_with(change)).error().cause;
  };

  CHECK(cause([](Json& it) { it["dsInfo"]["locked"] = true; }) == Cause::refused);
  CHECK(cause([](Json& it) { it["termsUpdateNeeded"] = true; }) == Cause::refused);
  CHECK(cause([](Json& it) { it["dsInfo"]["isWebAccessAllowed"] = false; }) == Cause::denied);
  CHECK(cause([](Json& it) { it["webservices"].erase("ckdatabasews"); }) == Cause::denied);
  CHECK(cause([](Json& it) { it["webservices"]["ckdatabasews"]["url"] = "nonsense"; }) ==
        Cause::denied);
}

TEST_CASE("an account of the other domain says which one, in whatever answer") {
  const auto error = account_in(R"({"domainToUse":"iCloud.com.cn"})").error();

  CHECK(error.cause == Cause::conflict);
  CHECK(error.what.find("--domain cn") != std::string::npos);
}

TEST_CASE("an answer that is no account is none") {
  for (const char* text : {"", "[]", "{}", "<html>", R"({"dsInfo":[]})"})
    CHECK(account_in(text).error().cause == Cause::corrupt);
}

TEST_CASE("ways to receive a code are found wherever Apple puts them") {
  const std::string phones =
      R"("trustedPhoneNumbers":[{"id":3,"numberWithDialCode":"+1 81","nonFTEU":true},{"id":"x"}])";

  for (const std::string& body :
       {"{" + phones + "}",
        R"({"phoneNumberVerification":{)" + phones + "}}",
        R"({"direct":{"twoSV":{"phoneNumberVerification":{)" + phones + "}}}}",
        R"({"direct":{"twoSV":{"bridgeInitiateData":{"phoneNumberVerification":{)" + phones +
            "}}}}}",
        "<html><script type=\"application/json\" class=\"boot_args\">{" + phones +
            "}</script></html>"}) {
    CAPTURE(body);

    const auto factors = factors_in(body);

    REQUIRE(factors);
    REQUIRE(factors->phones.size() == 1);
    CHECK(factors->phones[0].id == 3);
    CHECK(factors->phones[0].number == "+1 81");
    CHECK(factors->phones[0].non_fteu);
    CHECK(factors->has_devices);
  }
}

TEST_CASE("a hardware key, too many codes, and no device are told apart") {
  CHECK(factors_in(R"({"fsaChallenge":{}})")->wants_security_key);
  CHECK(factors_in(R"({"direct":{"keyNames":["a"]}})")->wants_security_key);
  CHECK(factors_in(R"({"securityCode":{"tooManyCodesSent":true}})")->is_blocked);
  CHECK(factors_in(R"({"securityCode":{"securityCodeLocked":true}})")->is_blocked);
  CHECK(!factors_in(R"({"noTrustedDevices":true})")->has_devices);
  CHECK(!factors_in(R"({"direct":{"hasTrustedDevices":false}})")->has_devices);
  CHECK(!factors_in("<html></html>"));
  CHECK(!factors_in("<script class=\"boot_args\">"));
}

TEST_CASE("room in an account is little when Apple says so, none when it is used up") {
  CHECK(room_in(R"({"quotaStatus":{"overQuota":false,"almost-full":false}})") == Room::plenty);
  CHECK(room_in(R"({"quotaStatus":{"overQuota":false,"almost-full":true}})") == Room::little);
  CHECK(room_in(R"({"quotaStatus":{"overQuota":true}})") == Room::none);
  CHECK(room_in(R"({"storageUsageInfo":{"usedStorageInBytes":5,"totalStorageInBytes":5}})") ==
        Room::none);
  CHECK(room_in(R"({"storageUsageInfo":{"usedStorageInBytes":4,"totalStorageInBytes":5}})") ==
        Room::plenty);
  CHECK(!room_in("{}"));
  CHECK(!room_in("nonsense"));
}

TEST_CASE(
    "a sign-in goes to Apple, or with a word of its owner to this machine, and nowhere else") {
  const auto idms = [](Domain domain, const Elsewhere& elsewhere) {
    auto endpoints = endpoints_of(domain, elsewhere);
    return endpoints ? endpoints->idms.origin() + endpoints->idms.target()
                     : std::string(name(endpoints.error().cause));
  };

  CHECK(idms(Domain::com, {}) == "https://idmsa.apple.com/appleauth/auth");
  CHECK(idms(Domain::cn, {}) == "https://idmsa.apple.com.cn/appleauth/auth");
  CHECK(idms(Domain::com, {"https://127.0.0.1:8443", {}}) ==
        "https://127.0.0.1:8443/appleauth/auth");
  CHECK(idms(Domain::com, {"https://localhost:8443/appleauth/auth/", {}}) ==
        "https://localhost:8443/appleauth/auth");
  CHECK(idms(Domain::com, {"https://idmsa.example.com", {}}) == "invalid");
  CHECK(idms(Domain::com, {"nonsense", {}}) == "invalid");
}

TEST_CASE("a library is named by its zone, and by its owner where that is somebody else") {
  for (const ZoneId& zone : {ZoneId{Database::own, "PrimarySync", ""},
                             ZoneId{Database::own, "SharedSync-1", ""},
                             ZoneId{Database::shared, "SharedSync-1", "_abc"}})
    CHECK(zone_of(library_of(zone)) == zone);
  CHECK(library_of({Database::own, "PrimarySync", "_me"}) == "PrimarySync");
  CHECK(!ZoneId{Database::own, "CMM-1", ""}.is_library());
}
