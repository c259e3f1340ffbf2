// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/srp.h"
#include "os/machine.h"
#include "simulate/icloud/http.h"
#include "simulate/icloud/simulator.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::tests {

using simulate::icloud::Reply;
using simulate::icloud::Request;
using simulate::icloud::Simulator;

/// Stands still until it is told otherwise.
class StillClock final : public os::Clock {
 public:
  Instant now() override { return now_; }

  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_ = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
};

/// A simulated iCloud with its folder, which a test may start again.
struct SimulatedCloud {
  TempFolder folder;
  StillClock clock;
  std::unique_ptr<Simulator> simulator;

  explicit SimulatedCloud(std::uint64_t assets, const std::vector<std::string>& faults = {})
      : SimulatedCloud(assets, faults, true) {}

  SimulatedCloud(std::uint64_t assets, const std::vector<std::string>& faults, bool second_factor) {
    start(assets, faults, second_factor);
  }

  void start(std::uint64_t assets,
             const std::vector<std::string>& faults = {},
             bool second_factor = true) {
    simulate::icloud::Options options;
    options.state = folder / "state";
    options.generate = assets;
    options.account.second_factor = second_factor;
    for (const std::string& spec : faults)
      options.faults.push_back(simulate::icloud::parse_fault(spec).value());
    simulator.reset();
    simulator = Simulator::open(std::move(options), clock).value();
  }

  [[nodiscard]] std::string control_token() const {
    std::string token;
    std::ifstream(folder / "state/control-token") >> token;
    return token;
  }
};

/// The JSON of a reply.
inline nlohmann::json json_of(const Reply& reply) {
  return nlohmann::json::parse(reply.body, nullptr, false);
}

/// A client that keeps cookies and tokens as a browser does, and signs in as one.
class Visitor {
 public:
  explicit Visitor(SimulatedCloud& cloud, std::string host = "127.0.0.1:8443")
      : cloud_(cloud), host_(std::move(host)) {}

  Reply send(std::string method, const std::string& target, std::string body = {}) {
    Request request = request_to(std::move(method), target);
    request.body = std::move(body);
    return answer(request);
  }

  Reply send_with_range(const std::string& target, const std::string& range) {
    Request request = request_to("GET", target);
    request.headers.emplace_back("Range", range);
    return answer(request);
  }

  Reply post(const std::string& target, const nlohmann::json& body) {
    return send("POST", target, body.dump());
  }

  /// A call to the database of one's own photos.
  Reply ask(const std::string& path, const nlohmann::json& body) {
    return post("/database/1/com.apple.photos.cloud/production/private/" + path +
                    "?remapEnums=true&getCurrentSyncToken=true",
                body);
  }

  /// Through the door for tests.
  Reply control(const std::string& word, const nlohmann::json& body) {
    Request request = request_to("POST", "/simulate/" + word);
    request.headers.emplace_back("X-Simulate-Token", cloud_.control_token());
    request.body = body.dump();
    return cloud_.simulator->answer(request);
  }

  nlohmann::json act(const nlohmann::json& what) {
    const auto reply = control("act", what);
    REQUIRE(reply.status == 200);
    return json_of(reply);
  }

  /// Proves the password; 409 when a code is needed.
  Reply prove(const std::string& password = "correct horse",
              const std::string& account = "jane@example.com") {
    const crypto::SrpClient client;
    const auto begun = json_of(post("/appleauth/auth/signin/init",
                                    {{"a", to_base64(client.public_value())},
                                     {"accountName", account},
                                     {"protocols", {"s2k", "s2k_fo"}}}));
    const crypto::SrpStretch stretch{
        crypto::srp_protocol_named(begun["protocol"].get<std::string>()).value(),
        from_base64(begun["salt"].get<std::string>()).value(),
        begun["iteration"]};
    const auto proof = client.prove(account,
                                    Secret(password),
                                    stretch,
                                    from_base64(begun["b"].get<std::string>()).value(),
                                    crypto::LeadingZeros::dropped);
    nlohmann::json tokens = nlohmann::json::array();
    if (kept_.contains("X-Apple-TwoSV-Trust-Token"))
      tokens.push_back(kept_["X-Apple-TwoSV-Trust-Token"]);
    return post("/appleauth/auth/signin/complete?isRememberMeEnabled=true",
                {{"accountName", account},
                 {"c", begun["c"]},
                 {"m1", to_base64(proof->m1.bytes)},
                 {"m2", to_base64(proof->m2.bytes)},
                 {"rememberMe", true},
                 {"trustTokens", tokens}});
  }

  Reply enter_code(const std::string& code = "123456") {
    return post("/appleauth/auth/verify/trusteddevice/securitycode",
                {{"securityCode", {{"code", code}}}});
  }

  Reply log_in() {
    return post("/setup/ws/1/accountLogin",
                {{"accountCountryCode", "USA"},
                 {"dsWebAuthToken", kept_["X-Apple-Session-Token"]},
                 {"extended_login", true},
                 {"trustToken", kept_["X-Apple-TwoSV-Trust-Token"]}});
  }

  /// All of it, up to the cookies of the database.
  void sign_in() {
    if (prove().status == 409) {
      REQUIRE(enter_code().status == 204);
      REQUIRE(send("GET", "/appleauth/auth/2sv/trust").status == 204);
    }
    REQUIRE(log_in().status == 200);
  }

  void forget_cookies() { cookies_.clear(); }

  /// A header that the service gave and wants back.
  [[nodiscard]] std::string kept(const std::string& name) { return kept_[name]; }

 private:
  Request request_to(std::string method, const std::string& target) {
    Request request;
    request.method = std::move(method);
    request.host = host_;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    std::string_view rest = question == std::string::npos
                                ? std::string_view()
                                : std::string_view(target).substr(question + 1);
    while (!rest.empty()) {
      const auto pair = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
      const auto equals = pair.find('=');
      request.query.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    for (const auto& [name, value] : kept_) request.headers.emplace_back(name, value);
    std::string cookies;
    for (const auto& [name, value] : cookies_) cookies += fmt::format("{}={}; ", name, value);
    request.headers.emplace_back("Cookie", cookies);
    return request;
  }

  Reply answer(const Request& request) {
    auto reply = cloud_.simulator->answer(request);
    for (const auto& [name, value] : reply.headers) {
      if (name == "Set-Cookie") {
        const auto equals = value.find('=');
        cookies_[value.substr(0, equals)] = value.substr(equals + 1, value.find(';') - equals - 1);
      } else if (name == "scnt" || name.starts_with("X-Apple-")) {
        kept_[name] = value;
      }
    }
    return reply;
  }

  SimulatedCloud& cloud_;
  std::string host_;
  std::map<std::string, std::string> kept_;
  std::map<std::string, std::string> cookies_;
};

}  // namespace keepsake::tests
