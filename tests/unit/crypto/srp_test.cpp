// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/srp.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/secret.h"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace keepsake;
using crypto::LeadingZeros;
using crypto::SrpClient;
using crypto::SrpProtocol;
using crypto::SrpServer;
using crypto::SrpStretch;

namespace {

constexpr std::string_view account = "jane@example.com";

Secret password() { return Secret("correct horse"); }

/// The bytes `first`, `first` + 1, …
Bytes counted(unsigned first, std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(first + i);
  return bytes;
}

SrpStretch stretch(SrpProtocol protocol) { return {protocol, counted(0, 16), 20064}; }

/// Tests that are not about the stretch make it cheap.
SrpStretch light() { return {SrpProtocol::s2k, counted(7, 16), 1}; }

crypto::SrpVerifier verifier_of(const SrpStretch& stretched) {
  return crypto::make_srp_verifier(password(), stretched).value();
}

/// The first secret value from `first` on whose server has a public value that begins with a zero.
SrpServer server_with_zero(const crypto::SrpVerifier& verifier) {
  for (std::uint32_t i = 0;; ++i) {
    const std::string secret = "secret value " + std::to_string(i);
    SrpServer server(verifier, bytes_of(secret));
    if (server.public_value().front() == std::byte{0}) return server;
  }
}

SrpClient client_with_zero() {
  for (std::uint32_t i = 0;; ++i) {
    const std::string secret = "secret value " + std::to_string(i);
    SrpClient client(bytes_of(secret));
    if (client.public_value().front() == std::byte{0}) return client;
  }
}

}  // namespace

TEST_CASE("a sign-in's numbers are those of the protocol") {
  struct Row {
    SrpProtocol protocol;
    std::string_view server_begins;
    std::string_view server_ends;
    std::string_view m1;
    std::string_view m2;
  };

  // An independent implementation with which another program signed in (both are its own values).
  for (const Row& row : {Row{SrpProtocol::s2k,
                             "5785696b07c72e48",
                             "312ccf9e65647331",
                             "diu0pd81jiL9HCjRdsGD70pR0nAIDdBbuL78/MQ+Y9A=",
                             "rrOWpjXm4y9d+2tQAXY4dY85eY0o/XVMWqUYXXERg/8="},
                         Row{SrpProtocol::s2k_fo,
                             "7c4b9ae754155f1d",
                             "5472725101b5f4fc",
                             "nx1Ta+9IwYt7WzCPL4Y9oWFmcK4RwZanwLNYDybMnLg=",
                             "IXsO/Z0nsT4Jdw6iX6Jyxnqve1Sl9gLbBsb2BizRgDQ="}}) {
    CAPTURE(crypto::name(row.protocol));
    const SrpClient client(counted(0x01, 32));
    const SrpServer server(verifier_of(stretch(row.protocol)), counted(0x21, 32));
    const auto client_value = to_hex(client.public_value());
    const auto server_value = to_hex(server.public_value());

    const auto proof = client.prove(
        account, password(), stretch(row.protocol), server.public_value(), LeadingZeros::dropped);

    CHECK(client_value.starts_with("630acdff5d334462"));
    CHECK(client_value.ends_with("3d0cdf359a9cfed3"));
    CHECK(server_value.starts_with(row.server_begins));
    CHECK(server_value.ends_with(row.server_ends));
    REQUIRE(proof);
    CHECK(to_base64(proof->m1.bytes) == row.m1);
    CHECK(to_base64(proof->m2.bytes) == row.m2);
    CHECK(server.accepts(account, client.public_value(), *proof));
  }
}

TEST_CASE("only the right password of the right account is accepted") {
  struct Row {
    std::string_view name;
    std::string_view account;
    std::string_view password;
    bool accepted;
  };

  const SrpServer server(verifier_of(light()));
  const SrpClient client;
  for (const Row& row : {Row{"right", account, "correct horse", true},
                         Row{"wrong password", account, "correct horsf", false},
                         Row{"empty password", account, "", false},
                         Row{"somebody else", "joan@example.com", "correct horse", false}}) {
    CAPTURE(row.name);

    const auto proof = client.prove(row.account,
                                    Secret(std::string(row.password)),
                                    light(),
                                    server.public_value(),
                                    LeadingZeros::dropped);

    REQUIRE(proof);
    CHECK(server.accepts(account, client.public_value(), *proof) == row.accepted);
  }
}

TEST_CASE("a proof counts only whole") {
  const SrpServer server(verifier_of(light()));
  const SrpClient client;
  const auto proof =
      client.prove(account, password(), light(), server.public_value(), LeadingZeros::dropped)
          .value();

  auto other_first = proof;
  other_first.m1.bytes.back() ^= std::byte{1};
  auto other_second = proof;
  other_second.m2.bytes.back() ^= std::byte{1};

  CHECK_FALSE(server.accepts(account, client.public_value(), other_first));
  CHECK_FALSE(server.accepts(account, client.public_value(), other_second));
  CHECK_FALSE(server.accepts(account, SrpClient().public_value(), proof));
}

TEST_CASE("numbers that begin with zeros are accepted in both forms, and the client says so") {
  const auto verifier = verifier_of(light());
  for (const bool at_server : {true, false}) {
    CAPTURE(at_server);
    const SrpServer server = at_server ? server_with_zero(verifier) : SrpServer(verifier);
    const SrpClient client = at_server ? SrpClient() : client_with_zero();

    const auto dropped =
        client.prove(account, password(), light(), server.public_value(), LeadingZeros::dropped);
    const auto kept =
        client.prove(account, password(), light(), server.public_value(), LeadingZeros::kept);

    REQUIRE(dropped);
    REQUIRE(kept);
    CHECK(dropped->m1 != kept->m1);
    CHECK(dropped->depends_on_zeros);
    CHECK(server.accepts(account, client.public_value(), *dropped));
    CHECK(server.accepts(account, client.public_value(), *kept));
  }
}

TEST_CASE("without zeros in front both forms are one") {
  // Of the test vector, whose numbers all begin with another byte.
  const SrpClient client(counted(0x01, 32));
  const SrpServer server(verifier_of(stretch(SrpProtocol::s2k)), counted(0x21, 32));

  const auto prove = [&](LeadingZeros zeros) {
    return client
        .prove(account, password(), stretch(SrpProtocol::s2k), server.public_value(), zeros)
        .value();
  };

  CHECK(prove(LeadingZeros::kept).m1 == prove(LeadingZeros::dropped).m1);
  CHECK_FALSE(prove(LeadingZeros::dropped).depends_on_zeros);
}

TEST_CASE("values that are drawn begin with no zero") {
  const auto verifier = verifier_of(light());
  for (int i = 0; i < 300; ++i) {
    CHECK(SrpClient().public_value().front() != std::byte{0});
    CHECK(SrpServer(verifier).public_value().front() != std::byte{0});
  }
}

TEST_CASE("a public value that gives the key away is refused") {
  const std::string_view prime =
      "ac6bdb41324a9a9bf166de5e1389582faf72b6651987ee07fc3192943db56050"
      "a37329cbb4a099ed8193e0757767a13dd52312ab4b03310dcd7f48a9da04fd50"
      "e8083969edb767b0cf6095179a163ab3661a05fbd5faaae82918a9962f0b93b8"
      "55f97993ec975eeaa80d740adbf4ff747359d041d5c33ea71d281e446b14773b"
      "ca97b43a23fb801676bd207a436c6481f1d2b9078717461a5b9d32e688f87748"
      "544523b524b0d57d5ea77a2775d2ecfa032cfbdbf52fb3786160279004e57ae6"
      "af874e7303ce53299ccc041c7bc308d82a5698f3a8d0c38271ae35f8e9dbfbb6"
      "94b5c803d89f7ae435de236d525f54759b65e372fcd68ef20fa7111f9e4aff73";
  const SrpServer server(verifier_of(light()));
  const SrpClient client;
  const auto honest =
      client.prove(account, password(), light(), server.public_value(), LeadingZeros::kept).value();

  for (const Bytes& value : {Bytes{},
                             Bytes(256),
                             from_hex(prime).value(),
                             Bytes(256, std::byte{0xff}),
                             Bytes(257, std::byte{1})}) {
    CAPTURE(to_hex(value).substr(0, 16));
    const auto proof = client.prove(account, password(), light(), value, LeadingZeros::kept);

    REQUIRE_FALSE(proof);
    CHECK(proof.error().cause == Cause::invalid);
    CHECK_FALSE(server.accepts(account, value, honest));
  }
}

TEST_CASE("a stretch that makes no sense or takes too long is refused before it begins") {
  struct Row {
    std::string_view name;
    SrpStretch stretch;
  };

  const SrpServer server(verifier_of(light()));
  for (const Row& row : {Row{"no iteration", {SrpProtocol::s2k, counted(0, 16), 0}},
                         Row{"far too many", {SrpProtocol::s2k, counted(0, 16), 4'000'000'000}},
                         Row{"no salt", {SrpProtocol::s2k, {}, 1000}},
                         Row{"a huge salt", {SrpProtocol::s2k, Bytes(2000), 1000}}}) {
    CAPTURE(row.name);

    const auto proof = SrpClient().prove(
        account, password(), row.stretch, server.public_value(), LeadingZeros::dropped);
    const auto verifier = crypto::make_srp_verifier(password(), row.stretch);

    REQUIRE_FALSE(proof);
    CHECK(proof.error().cause == Cause::invalid);
    REQUIRE_FALSE(verifier);
    CHECK(verifier.error().cause == Cause::invalid);
  }
}

TEST_CASE("protocols travel by their names") {
  for (const auto protocol : {SrpProtocol::s2k, SrpProtocol::s2k_fo})
    CHECK(crypto::srp_protocol_named(crypto::name(protocol)) == protocol);
  CHECK_FALSE(crypto::srp_protocol_named("s2k_xx"));
}
