// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/folder.h"
#include "storage/local/local.h"
#include "tests/support/test_data.h"
#include "vault/blob.h"
#include "vault/config_file.h"
#include "vault/index.h"
#include "vault/key_file.h"
#include "vault/pack_header.h"
#include "vault/repository.h"
#include "vault/snapshot.h"
#include "vault/tree.h"
#include "vault/unpacked.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

using namespace keepsake;
using namespace keepsake::vault;
using nlohmann::json;

namespace {

/// A repository that restic wrote, with every step of the way into it.
struct Steps {
  json steps;
  std::unique_ptr<storage::Storage> repository;

  [[nodiscard]] MasterKey key() const {
    return MasterKey::parse(steps.at("master_key_json").get<std::string>()).value();
  }
};

template <class Use>
void with_each(Use&& use) {
  const auto folder = tests::test_data("restic-vector-repo");
  if (!folder) return;
  for (const char* const version : {"v1", "v2"}) {
    CAPTURE(version);
    const auto path = *folder / (std::string("repo-") + version);
    const Steps steps{
        json::parse(std::ifstream(*folder / (std::string("steps-") + version + ".json"))),
        storage::make_local(os::open_folder(path).value())};
    use(steps);
  }
}

FileId id_of(const std::string& hex) { return FileId::from_hex(hex).value(); }

Bytes stored(const Steps& steps, const std::string& name) {
  return steps.repository->read_all(name, ByteCount{1 << 24}).value();
}

}  // namespace

TEST_CASE("a key file of restic opens with its password, and with no other") {
  with_each([](const Steps& steps) {
    const auto text = stored(steps, "keys/" + steps.steps.at("key_file").get<std::string>());
    const auto file = parse_key_file(text_of(text)).value();

    const auto key = unlock(file, Secret(steps.steps.at("password").get<std::string>()));
    const auto wrong = unlock(file, Secret("correct horse battery stapler"));

    REQUIRE(key.has_value());
    CHECK(key->to_json().reveal() == steps.steps.at("master_key_json").get<std::string>());
    CHECK(wrong.error().cause == Cause::wrong_password);
  });
}

TEST_CASE("a config of restic is read, and written again byte for byte") {
  with_each([](const Steps& steps) {
    const auto plain = open_sealed(steps.key(), stored(steps, "config")).value();

    const auto config = parse_config(text_of(plain)).value();

    CHECK(text_of(plain) == steps.steps.at("config_plaintext").get<std::string>());
    CHECK(to_json(config) == text_of(plain));
    CHECK(is_irreducible(config.chunker_polynomial));
  });
}

TEST_CASE("headers of restic's packs are read, and written again byte for byte") {
  with_each([](const Steps& steps) {
    for (const auto& [id, hex] : steps.steps.at("pack_headers_decrypted_hex").items()) {
      CAPTURE(id);
      const auto plain = from_hex(hex.get<std::string>()).value();
      const auto pack =
          steps.repository->open(pack_name(id_of(id)), storage::Reading::cached).value();

      const auto blobs = read_pack_header(steps.key(), *pack).value();

      CHECK(blobs == parse_pack_header(plain).value());
      CHECK(pack_size(blobs) == pack->size());
      const auto sealed = seal_pack_header(steps.key(), blobs);
      CHECK(open_sealed(steps.key(), ByteView(sealed).first(sealed.size() - 4)).value() == plain);
    }
  });
}

TEST_CASE("index files of restic are read, and written again byte for byte") {
  with_each([](const Steps& steps) {
    for (const auto& [id, wanted] : steps.steps.at("index_json").items()) {
      CAPTURE(id);
      const auto text =
          unpack_json(steps.key(), id_of(id), stored(steps, "index/" + id), max_index_json).value();

      const auto packs = parse_index(text).value();

      CHECK(text == wanted.get<std::string>());
      CHECK(to_index_json(packs) == text);
    }
  });
}

TEST_CASE("snapshots of restic are read") {
  with_each([](const Steps& steps) {
    for (const auto& [id, wanted] : steps.steps.at("snapshot_json").items()) {
      CAPTURE(id);
      const auto text =
          unpack_json(steps.key(), id_of(id), stored(steps, "snapshots/" + id), max_snapshot_json)
              .value();
      const auto expected = json::parse(wanted.get<std::string>());

      const auto snapshot = parse_snapshot(id_of(id), text).value();

      CHECK(text == wanted.get<std::string>());
      CHECK(snapshot.time == expected.at("time").get<std::string>());
      CHECK(snapshot.tree.hex() == expected.at("tree").get<std::string>());
      CHECK(snapshot.tags == expected.at("tags").get<std::vector<std::string>>());
      CHECK(snapshot.parent.has_value() == expected.contains("parent"));
      CHECK(snapshot.instant().has_value());
    }
  });
}

TEST_CASE("trees of restic are read without a fault, and every name is written again alike") {
  with_each([](const Steps& steps) {
    for (const auto& [id, text] : steps.steps.at("tree_blobs").items()) {
      CAPTURE(id);
      const auto expected = json::parse(text.get<std::string>()).at("nodes");
      TreeFaults faults;

      const auto nodes = parse_tree(text.get<std::string>(), &faults).value();

      CHECK(faults.empty());
      REQUIRE(nodes.size() == expected.size());
      for (std::size_t i = 0; i < nodes.size(); ++i)
        CHECK(quoted_name(nodes[i].name) == expected[i].at("name").get<std::string>());
    }
  });
}

TEST_CASE("what is packed as JSON is unpacked again, in both versions") {
  const auto key = MasterKey::random();
  const std::string text = R"({"some":"text","some":"text","some":"text"})";
  for (const int version : {1, 2}) {
    const auto file = pack_json(key, version, text);

    CHECK(unpack_json(key, file.id, file.stored, ByteCount{1000}).value() == text);
    CHECK(unpack_json(key, FileId{}, file.stored, ByteCount{1000}).error().cause == Cause::corrupt);
  }
}
