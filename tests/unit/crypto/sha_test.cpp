// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/sha.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

using namespace keepsake;
using crypto::Sha256;

namespace {

/// From NIST's examples (FIPS 180-2, appendix B) and the empty message.
struct Known {
  std::string message;
  std::string_view sum;
};

const std::vector<Known> known{
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

}  // namespace

TEST_CASE("sums are those that NIST published") {
  for (const auto& [message, sum] : known) {
    CAPTURE(message.substr(0, 60));
    CHECK(crypto::sha256(bytes_of(message)).hex() == sum);
  }
}

TEST_CASE("how bytes are cut into pieces does not change their sum") {
  CHECK(rc::check([](const std::vector<std::string>& pieces) {
    Sha256 in_pieces;
    std::string whole;
    for (const auto& piece : pieces) {
      in_pieces.add(bytes_of(piece));
      whole += piece;
    }
    RC_ASSERT(in_pieces.finish() == crypto::sha256(bytes_of(whole)));
  }));
}

TEST_CASE("after its sum a hash begins anew") {
  Sha256 hash;
  hash.add(bytes_of("something else"));
  static_cast<void>(hash.finish());

  hash.add(bytes_of("abc"));

  CHECK(hash.finish().hex() == known[1].sum);
}

TEST_CASE("a hash that is moved goes on where it was") {
  Sha256 first;
  first.add(bytes_of("a"));

  Sha256 second = std::move(first);
  second.add(bytes_of("bc"));

  CHECK(second.finish().hex() == known[1].sum);
}

TEST_CASE("a copy of a hash goes on alone") {
  Sha256 first;
  first.add(bytes_of("ab"));

  Sha256 second = first;
  second.add(bytes_of("c"));
  first.add(bytes_of("x"));

  CHECK(second.finish().hex() == known[1].sum);
  CHECK(first.finish() == crypto::sha256(bytes_of("abx")));
}

TEST_CASE("Apple's checksum is the one that its libraries remember") {
  CHECK(to_text(crypto::apple_checksum({})) == "AW2cWT2PxzWixMKuuNMTHJ8CJ3sH");
  CHECK(to_text(crypto::apple_checksum(bytes_of("abc"))) == "AYnnoj1r4lMYTs3JP/g7mjGaDCgO");
}

TEST_CASE("Apple's checksum of pieces is that of the whole, also after another sum") {
  crypto::AppleSum sum;
  sum.add(bytes_of("something else"));
  static_cast<void>(sum.finish());

  sum.add(bytes_of("a"));
  sum.add({});
  sum.add(bytes_of("bc"));

  CHECK(sum.finish() == crypto::apple_checksum(bytes_of("abc")));
}

TEST_CASE("what Apple writes is read back, and nothing else") {
  const auto checksum = crypto::apple_checksum(bytes_of("abc"));
  CHECK(apple_checksum_in(to_text(checksum)) == checksum);
  for (const char* text : {"", "AYnn", "AYnnoj1r4lMYTs3JP/g7mjGaDCg", "not base64 at all, no!!!!!"})
    CHECK_FALSE(apple_checksum_in(text));
}
