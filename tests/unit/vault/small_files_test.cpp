// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/compression.h"
#include "vault/config_file.h"
#include "vault/key_file.h"
#include "vault/lock_file.h"
#include "vault/snapshot.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::vault;

TEST_CASE("irreducible polynomials are told from those that can be factored") {
  for (const std::uint64_t irreducible : {2ULL, 3ULL, 7ULL, 11ULL, 0x11bULL, 0x3e0bd8665b353fULL})
    CHECK(is_irreducible(irreducible));
  for (const std::uint64_t reducible :
       {0ULL, 1ULL, 4ULL, 5ULL, 6ULL, 9ULL, 0x3e0bd8665b353eULL, 0x2000000000000aULL})
    CHECK_FALSE(is_irreducible(reducible));
}

TEST_CASE("a new config is one that restic takes") {
  const auto config = make_config();

  CHECK(config.version == 2);
  CHECK((config.chunker_polynomial >> 53U) == 1);
  CHECK(is_irreducible(config.chunker_polynomial));
  CHECK(make_config().id != config.id);
  CHECK(parse_config(to_json(config)).value().id == config.id);
}

TEST_CASE("a config of another version is unsupported, a broken one corrupt") {
  const std::string id(64, 'a');
  const auto config = [&](const std::string& version, const std::string& polynomial) {
    return R"({"version":)" + version + R"(,"id":")" + id + R"(","chunker_polynomial":")" +
           polynomial + R"(","append_only":true,"x":[]})";
  };
  CHECK(parse_config(config("2", "3e0bd8665b353f")).value().append_only);
  CHECK(parse_config(config("3", "3e0bd8665b353f")).error().cause == Cause::unsupported);
  for (const auto& text : {config("\"2\"", "3"),
                           config("2", ""),
                           config("2", "x"),
                           config("2", "11111111111111111"),
                           std::string("{}"),
                           std::string()}) {
    CAPTURE(text);
    CHECK(parse_config(text).error().cause == Cause::corrupt);
  }
}

TEST_CASE("a key file opens again, and one that asks for too much is refused at once") {
  const auto key = MasterKey::random();
  const auto made = lock(key, Secret("pass"), {.n = 1024, .r = 8, .p = 1}).value();
  const auto file = parse_key_file(to_json(made, Instant{})).value();

  CHECK(unlock(file, Secret("pass"))->to_json().reveal() == key.to_json().reveal());
  CHECK(unlock(file, Secret("")).error().cause == Cause::wrong_password);
  auto greedy = file;
  for (const crypto::ScryptCost& cost : {crypto::ScryptCost{.n = 1ULL << 40U, .r = 8, .p = 1},
                                         crypto::ScryptCost{.n = 1024, .r = 0xffffffff, .p = 1},
                                         crypto::ScryptCost{.n = 1024, .r = 8, .p = 0xffffffff},
                                         crypto::ScryptCost{.n = 1000, .r = 8, .p = 1},
                                         crypto::ScryptCost{.n = 0, .r = 0, .p = 0}}) {
    greedy.cost = cost;
    CHECK(unlock(greedy, Secret("pass")).error().cause == Cause::corrupt);
  }
}

TEST_CASE("a key file of another kind is unsupported") {
  const auto file = lock(MasterKey::random(), Secret("pass"), {.n = 2, .r = 1, .p = 1}).value();
  auto text = to_json(file, Instant{});
  text.replace(text.find("scrypt"), 6, "argon2");

  CHECK(parse_key_file(text).error().cause == Cause::unsupported);
}

TEST_CASE("what is compressed comes back, and never more than was allowed") {
  CHECK(rc::check([](const std::string& text) {
    const auto compressed = compress(bytes_of(text));
    RC_ASSERT(text_of(decompress(compressed, ByteCount{text.size()}).value()) == text);
  }));
  const auto bomb = compress(Bytes(10'000'000));
  CHECK(decompress(bomb, ByteCount{9'999'999}).error().cause == Cause::corrupt);
  CHECK(decompress(bomb, ByteCount{10'000'000}).has_value());
  for (std::size_t size = 0; size < bomb.size(); size += 7)
    CHECK_FALSE(decompress(ByteView(bomb).first(size), ByteCount{10'000'000}).has_value());
}

TEST_CASE("only what shrinks is compressed") {
  Bytes random(100'000);
  crypto::fill_random(random);

  CHECK_FALSE(looks_compressible(random));
  CHECK(looks_compressible(bytes_of(std::string(1000, 'a'))));
  CHECK_FALSE(looks_compressible({}));
}

TEST_CASE("snapshots and locks are read as they were written") {
  Snapshot snapshot;
  snapshot.time = "2024-05-01T10:20:30.5+02:00";
  snapshot.paths = {"/photos", "/a \"b\"\n"};
  snapshot.tags = {"keepsake", "<tag>"};
  snapshot.hostname = "host";
  snapshot.program_version = "keepsake 1";
  snapshot.parent = FileId{};
  const auto again = parse_snapshot({}, to_json(snapshot)).value();
  CHECK(to_json(again) == to_json(snapshot));
  CHECK(again.paths == snapshot.paths);

  const LockFile lock{.time = Instant(std::chrono::seconds(1'700'000'000)),
                      .exclusive = true,
                      .hostname = "host",
                      .username = "user",
                      .pid = 4711};
  const auto read = parse_lock(to_json(lock)).value();
  CHECK((read.time == lock.time && read.exclusive && read.hostname == "host" && read.pid == 4711));
  CHECK(parse_lock("{\"time\":\"x\"}").error().cause == Cause::corrupt);
  CHECK(parse_snapshot({}, "{\"time\":\"2024-05-01T10:20:30Z\"}").error().cause == Cause::corrupt);
}
