// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/simulate/icloud/visitor.h"

#include <doctest/doctest.h>

using namespace keepsake;
using nlohmann::json;
using tests::json_of;
using tests::SimulatedCloud;
using tests::Visitor;

TEST_CASE("a client that proves the password and enters the code reaches the database") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);

  CHECK(visitor.prove().status == 409);
  CHECK(json_of(visitor.log_in())["hsaChallengeRequired"] == true);
  CHECK(visitor.ask("zones/list", json::object()).status == 401);
  CHECK(visitor.enter_code().status == 204);
  CHECK(visitor.send("GET", "/appleauth/auth/2sv/trust").status == 204);
  const auto account = json_of(visitor.log_in());

  CHECK(account["hsaTrustedBrowser"] == true);
  CHECK(account["hsaChallengeRequired"] == false);
  CHECK(account["dsInfo"]["appleId"] == "jane@example.com");
  CHECK(visitor.ask("zones/list", json::object()).status == 200);
}

TEST_CASE("a trusted client is asked for no code again, until its trust expires") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);
  visitor.sign_in();

  CHECK(visitor.prove().status == 200);
  CHECK(json_of(visitor.log_in())["hsaTrustedBrowser"] == true);

  CHECK(visitor.control("expire", {{"what", "trust"}}).status == 200);
  CHECK(visitor.prove().status == 409);
}

TEST_CASE("sessions and trust outlive a restart") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);
  visitor.sign_in();

  cloud.start(3);

  CHECK(visitor.send("POST", "/setup/ws/1/validate", "null").status == 200);
  CHECK(visitor.ask("zones/list", json::object()).status == 200);
  CHECK(visitor.prove().status == 200);
}

TEST_CASE("a wrong password and an unknown account look alike") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);

  for (const auto& reply :
       {visitor.prove("wrong"), visitor.prove("correct horse", "joan@example.com")}) {
    CHECK(reply.status == 401);
    CHECK(json_of(reply)["serviceErrors"][0]["code"] == "-20101");
  }
}

TEST_CASE("an account whose password was guessed at too often is locked") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);
  for (int i = 0; i < 10; ++i) CHECK(visitor.prove("guess").status == 401);

  CHECK(visitor.prove().status == 403);
}

TEST_CASE("a wrong code is refused, and another one may be tried") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);
  visitor.prove();

  const auto refused = visitor.enter_code("654321");

  CHECK(refused.status == 400);
  CHECK(json_of(refused)["service_errors"][0]["code"] == "-21669");
  CHECK(visitor.send("GET", "/appleauth/auth/2sv/trust").status == 421);
  CHECK(visitor.enter_code().status == 204);
}

TEST_CASE("a code comes by message only when it was sent") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);
  visitor.prove();
  const json entered = {
      {"phoneNumber", {{"id", 1}}}, {"securityCode", {{"code", "123456"}}}, {"mode", "sms"}};

  CHECK(visitor.post("/appleauth/auth/verify/phone/securitycode", entered).status == 400);
  CHECK(visitor
            .send("PUT", "/appleauth/auth/verify/phone", R"({"phoneNumber":{"id":1},"mode":"sms"})")
            .status == 200);
  CHECK(visitor.post("/appleauth/auth/verify/phone/securitycode", entered).status == 200);
  CHECK(json_of(visitor.control("calls", json::object()))["codes_sent"] == 1);
}

TEST_CASE("an account without a second factor is asked for none") {
  SimulatedCloud cloud(3, {}, false);
  Visitor visitor(cloud);

  CHECK(visitor.prove().status == 200);
  CHECK(json_of(visitor.log_in())["dsInfo"]["hsaVersion"] == 1);
  CHECK(visitor.ask("zones/list", json::object()).status == 200);
}

TEST_CASE("a repair step stands between the password and the account") {
  SimulatedCloud cloud(3, {"repair"}, false);
  Visitor visitor(cloud);

  CHECK(visitor.prove().status == 412);
  CHECK(visitor.post("/appleauth/auth/repair/complete", json::object()).status == 200);
  CHECK(visitor.log_in().status == 200);
  CHECK(visitor.ask("zones/list", json::object()).status == 200);
}

TEST_CASE("a handshake proves one password once") {
  SimulatedCloud cloud(3);
  Visitor visitor(cloud);
  const crypto::SrpClient client;
  const auto begun = json_of(visitor.post("/appleauth/auth/signin/init",
                                          {{"a", to_base64(client.public_value())},
                                           {"accountName", "jane@example.com"},
                                           {"protocols", {"s2k"}}}));
  const json guess = {
      {"accountName", "jane@example.com"}, {"c", begun["c"]}, {"m1", "AAAA"}, {"m2", "AAAA"}};

  CHECK(visitor.post("/appleauth/auth/signin/complete", guess).status == 401);
  CHECK(visitor.post("/appleauth/auth/signin/complete", guess).status == 421);
}

TEST_CASE("the page of a sign-in tells its phone numbers, in whichever place") {
  for (const std::string fault : {"", "bridge"}) {
    CAPTURE(fault);
    SimulatedCloud cloud(1, fault.empty() ? std::vector<std::string>{} : std::vector{fault});
    Visitor visitor(cloud);
    visitor.prove();

    const auto page = visitor.send("GET", "/appleauth/auth").body;

    const auto from = page.find("boot_args\">") + 11;
    const auto arguments = json::parse(page.substr(from, page.find("</script>") - from));
    const auto& two_factors = arguments["direct"]["twoSV"];
    const auto& place = fault.empty() ? two_factors : two_factors["bridgeInitiateData"];
    CHECK(place["phoneNumberVerification"]["trustedPhoneNumbers"][0]["id"] == 1);
  }
}

TEST_CASE("services are named by the host that was asked") {
  struct Row {
    const char* host;
    const char* database;
  };

  for (const Row& row : {Row{"setup.icloud.com", "https://p61-ckdatabasews.icloud.com:443"},
                         Row{"setup.icloud.com.cn", "https://p61-ckdatabasews.icloud.com.cn:443"},
                         Row{"setup.icloud.com:8443", "https://p61-ckdatabasews.icloud.com:8443"},
                         Row{"127.0.0.1:8443", "https://127.0.0.1:8443"},
                         Row{"localhost:8443", "https://localhost:8443"}}) {
    CAPTURE(row.host);
    SimulatedCloud cloud(1, {}, false);
    Visitor visitor(cloud, row.host);
    visitor.prove();

    CHECK(json_of(visitor.log_in())["webservices"]["ckdatabasews"]["url"] == row.database);
  }
}

TEST_CASE("a session that has ended is told to start again") {
  SimulatedCloud cloud(1);
  Visitor visitor(cloud);
  visitor.sign_in();

  CHECK(visitor.control("expire", {{"what", "web"}}).status == 200);

  CHECK(visitor.send("POST", "/setup/ws/1/validate", "null").status == 421);
  CHECK(visitor.ask("zones/list", json::object()).status == 401);
  CHECK(visitor.log_in().status == 200);
  CHECK(visitor.ask("zones/list", json::object()).status == 200);
}

TEST_CASE("after its days a session has ended by itself") {
  SimulatedCloud cloud(1);
  Visitor visitor(cloud);
  visitor.sign_in();

  visitor.control("clock", {{"seconds", 61 * 86'400}});

  CHECK(visitor.send("POST", "/setup/ws/1/validate", "null").status == 421);
}

TEST_CASE("logging out ends the session and keeps the trust") {
  SimulatedCloud cloud(1);
  Visitor visitor(cloud);
  visitor.sign_in();

  CHECK(visitor.post("/setup/ws/1/logout", {{"trustBrowser", true}}).status == 200);

  CHECK(visitor.ask("zones/list", json::object()).status == 401);
  CHECK(visitor.prove().status == 200);
}

TEST_CASE(
    "with Advanced Data Protection the database opens after a device's consent, for an hour") {
  SimulatedCloud cloud(1, {"adp"});
  Visitor visitor(cloud);
  visitor.sign_in();
  const auto keys = [&] {
    return json_of(visitor.post("/setup/ws/1/requestPCS", {{"appName", "photos"}}))["status"];
  };

  CHECK(visitor.ask("zones/list", json::object()).status == 423);
  CHECK(keys() == "pending");
  CHECK(visitor.post("/setup/ws/1/enableDeviceConsentForPCS", json::object()).status == 200);
  CHECK(keys() == "pending");
  visitor.control("consent", json::object());
  CHECK(keys() == "success");
  CHECK(visitor.ask("zones/list", json::object()).status == 200);

  visitor.control("clock", {{"seconds", 3601}});
  CHECK(visitor.ask("zones/list", json::object()).status == 423);
}

TEST_CASE("accounts that cannot be read say why") {
  struct Row {
    const char* fault;
    const char* key;
    json value;
  };

  for (const Row& row : {Row{"terms", "/termsUpdateNeeded", true},
                         Row{"no-web-access", "/dsInfo/isWebAccessAllowed", false},
                         Row{"other-domain", "/domainToUse", "iCloud.com.cn"}}) {
    CAPTURE(row.fault);
    SimulatedCloud cloud(1, {row.fault}, false);
    Visitor visitor(cloud);
    visitor.prove();

    CHECK(json_of(visitor.log_in()).at(json::json_pointer(row.key)) == row.value);
  }
}

TEST_CASE("the door for tests stays shut without its token") {
  SimulatedCloud cloud(1);
  Visitor visitor(cloud);

  CHECK(visitor.post("/simulate/act", {{"do", "add"}}).status == 403);
}
