// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/seal.h"

#include "crypto/sha.h"
#include "tests/support/test_data.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <string>

using namespace keepsake;
using nlohmann::json;

namespace {

Bytes bytes_in(const json& object, const char* key) {
  return from_hex(object.at(key).get<std::string>()).value();
}

vault::MasterKey key_of(ByteView encrypt, ByteView k, ByteView r) {
  Bytes all(encrypt.begin(), encrypt.end());
  all.insert(all.end(), k.begin(), k.end());
  all.insert(all.end(), r.begin(), r.end());
  return vault::MasterKey::from_derived(all).value();
}

/// What the vector says, or the long one that it only describes.
Bytes plain_of(const json& vector) {
  if (!vector.at("plaintext").is_null()) return bytes_in(vector, "plaintext");
  Bytes plain(vector.at("plaintext_len").get<std::size_t>());
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::byte>(i * i % 251);
  return plain;
}

}  // namespace

TEST_CASE("what another implementation sealed is opened") {
  const auto folder = tests::test_data("restic-vector-repo");
  if (!folder) return;
  const auto vectors = json::parse(std::ifstream(*folder / "crypto-vectors.json"));
  for (const json& vector : vectors.at("seal")) {
    CAPTURE(vector.at("name").get<std::string>());
    const auto key = key_of(
        bytes_in(vector, "aes256_key"), bytes_in(vector, "mac_k"), bytes_in(vector, "mac_r"));
    const auto plain = plain_of(vector);
    auto sealed = bytes_in(vector, "iv");
    vault::Opening cipher(key);  // encrypting is decrypting
    std::array<std::byte, 16> iv{};
    std::copy(sealed.begin(), sealed.end(), iv.begin());
    cipher.begin(iv);
    Bytes text = plain;
    cipher.add(text);
    const auto tag = bytes_in(vector, "tag");
    sealed.insert(sealed.end(), text.begin(), text.end());
    sealed.insert(sealed.end(), tag.begin(), tag.end());

    CHECK(crypto::sha256(sealed).hex() == vector.at("sealed_sha256").get<std::string>());
    CHECK(vault::open_sealed(key, sealed).value() == plain);
    const auto opened = vault::open_in_place(key, sealed).value();
    CHECK(Bytes(opened.begin(), opened.end()) == plain);
  }
}

TEST_CASE("the published example of Poly1305-AES comes out") {
  const auto key = key_of(Bytes(32, std::byte{1}),
                          from_hex("ec074c835580741701425b623235add6").value(),
                          from_hex("851fc40c3467ac0be05cc20404f3f700").value());
  auto sealed = from_hex("fb447350c4e868c52ac3275cf9d4327ef3f6f4c633c3044fc145f84f335cb81953de");

  CHECK(vault::open_sealed(key, sealed.value()).has_value());
}

TEST_CASE("a seal that is broken anywhere is refused") {
  const auto key = vault::MasterKey::random();
  const auto whole = vault::seal(key, bytes_of("a photo"));
  REQUIRE(vault::open_sealed(key, whole).has_value());

  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    Bytes broken = whole;
    broken[i] ^= std::byte{1};
    CHECK(vault::open_sealed(key, broken).error().cause == Cause::corrupt);
  }
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(vault::open_sealed(key, ByteView(whole).first(size)).has_value());
  CHECK_FALSE(vault::open_sealed(vault::MasterKey::random(), whole).has_value());
}

TEST_CASE("the same bytes are sealed differently each time") {
  const auto key = vault::MasterKey::random();

  CHECK(vault::seal(key, bytes_of("a")) != vault::seal(key, bytes_of("a")));
}

TEST_CASE("a key with a part of zeros is refused") {
  for (const std::size_t part : {0, 32, 48}) {
    Bytes bytes(64, std::byte{7});
    std::fill_n(
        bytes.begin() + static_cast<std::ptrdiff_t>(part), part == 0 ? 32 : 16, std::byte{});
    CHECK(vault::MasterKey::from_derived(bytes).error().cause == Cause::corrupt);
  }
}
