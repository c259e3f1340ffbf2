// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/repository.h"

#include "crypto/sha.h"
#include "os/folder.h"
#include "storage/local/local.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::vault;
using nlohmann::json;

namespace {

constexpr const char* password = "correct horse battery staple";

/// What a repository of restic must be found to hold, and the repository.
struct Vector {
  json expected;
  std::unique_ptr<storage::Storage> storage;
  std::unique_ptr<Repository> repository;  ///< its index is loaded
};

Vector read_vector(const std::filesystem::path& folder, const std::string& version) {
  Vector vector{json::parse(std::ifstream(folder / ("expected-" + version + ".json"))),
                storage::make_local(os::open_folder(folder / ("repo-" + version)).value()),
                nullptr};
  vector.repository = Repository::open(*vector.storage, Secret(password)).value();
  std::vector<BrokenFile> broken;
  REQUIRE(vector.repository->load_index(broken).has_value());
  REQUIRE(broken.empty());
  return vector;
}

/// Each is opened once for all tests: deriving its key takes half a second.
template <class Use>
void with_each(Use&& use) {
  const auto folder = tests::test_data("restic-vector-repo");
  if (!folder) return;
  static const Vector first = read_vector(*folder, "v1");
  static const Vector second = read_vector(*folder, "v2");
  use(first);
  use(second);
}

std::string type_of(const Node& node) {
  switch (node.type) {
    case Node::Type::file:
      return "file";
    case Node::Type::dir:
      return "dir";
    case Node::Type::symlink:
      return "symlink";
    case Node::Type::other:
      break;
  }
  return "other";
}

Bytes all_of(const Repository& repository, const Node& node) {
  const auto file = repository.open_file(node).value();
  Bytes bytes(file->size().value);
  CHECK(file->read_at(0, bytes).value() == bytes.size());
  return bytes;
}

void compare(const Repository& repository, const json& entry, const Node& node) {
  CAPTURE(entry.at("path_display").get<std::string>());
  const auto type = entry.at("type").get<std::string>();
  CHECK(type_of(node) == (type == "fifo" ? "other" : type));
  CHECK(node.mode == entry.at("mode").get<std::uint32_t>());
  if (entry.contains("mtime")) CHECK(node.modified == entry.at("mtime").get<std::string>());
  if (entry.contains("linktarget"))
    CHECK(node.link_target == entry.at("linktarget").get<std::string>());
  if (type != "file") return;
  CHECK(node.size.value == entry.at("size").get<std::uint64_t>());
  CHECK(crypto::sha256(all_of(repository, node)).hex() == entry.at("sha256").get<std::string>());
  json blobs = json::array();
  for (const BlobId& id : node.content)
    blobs.push_back(
        {plain_length_of(repository.index().find(BlobKind::data, id)->place), id.hex()});
  CHECK(blobs == entry.at("blobs"));
}

}  // namespace

TEST_CASE("everything that restic stored is found as it was stored") {
  with_each([](const Vector& vector) {
    const auto& repository = vector.repository;
    std::vector<BrokenFile> broken;
    const auto snapshots = repository->snapshots(broken).value();
    CHECK(broken.empty());
    CHECK(snapshots.size() == vector.expected.at("snapshots").size());
    for (const Snapshot& snapshot : snapshots) {
      const auto& expected = vector.expected.at("snapshots").at(snapshot.id.hex());
      std::size_t next = 0;

      const auto walked = repository->walk(
          snapshot.tree,
          [&](const std::string& path, const Node& node) -> Result<> {
            REQUIRE(next < expected.at("entries").size());
            const json& entry = expected.at("entries").at(next++);
            CHECK(to_hex(bytes_of("/" + path)) == entry.at("path_hex").get<std::string>());
            compare(*repository, entry, node);
            const auto found = repository->find(snapshot.tree, path).value();
            CHECK((found && found->name == node.name));
            return {};
          },
          [](const std::string&, const Error& error) -> Result<> { return fail(error); },
          {});

      CHECK(walked.has_value());
      CHECK(next == expected.at("entries").size());
    }
  });
}

TEST_CASE("snapshots come by time, with what restic said of them") {
  with_each([](const Vector& vector) {
    std::vector<BrokenFile> broken;
    const auto snapshots = vector.repository->snapshots(broken).value();

    REQUIRE(snapshots.size() == 2);
    CHECK(snapshots[0].instant() < snapshots[1].instant());
    CHECK(snapshots[0].tags == std::vector<std::string>{"first", "with space", "starred"});
    CHECK(snapshots[1].has_tag("second"));
    CHECK(snapshots[1].paths == std::vector<std::string>{"/srv/photos"});
    CHECK(snapshots[1].hostname == "vector-host");
  });
}

TEST_CASE("each password opens the repository, and no other") {
  with_each([](const Vector& vector) {
    CHECK(Repository::open(*vector.storage, Secret("second-password-\xc3\xbc")).has_value());
    const auto wrong = Repository::open(*vector.storage, Secret("correct horse battery stapl"));
    CHECK(wrong.error().cause == Cause::wrong_password);
    CHECK(wrong.error().scope == Scope::destination);
  });
}

TEST_CASE("what is not there is nothing, and what is no folder has nothing below it") {
  with_each([](const Vector& vector) {
    const auto& repository = vector.repository;
    std::vector<BrokenFile> broken;
    const auto tree = repository->snapshots(broken).value().front().tree;

    CHECK_FALSE(repository->find(tree, "modes/nothing").value().has_value());
    CHECK_FALSE(repository->find(tree, "modes/hard1/nothing").value().has_value());
    CHECK(repository->find(tree, "modes/hard1").value().has_value());
    CHECK(repository->read_blob(BlobKind::data, BlobId{}).error().cause == Cause::not_found);
  });
}

TEST_CASE("where nothing is, there is no repository, and parts of one are told apart") {
  const tests::TempFolder folder;
  const auto storage = storage::make_local(os::open_folder(folder.path()).value());
  CHECK(find_repository(*storage).value() == Presence::nothing);
  CHECK(Repository::open(*storage, Secret("x")).error().cause == Cause::not_found);

  const std::string id(64, 'a');
  for (const std::string& name :
       {"keys/" + id, "snapshots/" + id, "index/" + id, "data/aa/" + id}) {
    CAPTURE(name);
    folder.write(name, "something");
    CHECK(find_repository(*storage).value() == Presence::parts);
    std::filesystem::remove(folder / name);
  }
  folder.write("keys/" + id + "-tmp-1", "something");
  CHECK(find_repository(*storage).value() == Presence::nothing);
}

TEST_CASE("a new repository opens with its password, and changes its fingerprint when written to") {
  const tests::TempFolder folder;
  const auto storage = storage::make_local(os::open_folder(folder.path()).value());
  constexpr crypto::ScryptCost cheap{.n = 1024, .r = 8, .p = 1};

  REQUIRE(create_repository(*storage, Secret("pass"), cheap, os::system_clock()).has_value());

  CHECK(find_repository(*storage).value() == Presence::repository);
  const auto repository = Repository::open(*storage, Secret("pass")).value();
  CHECK(repository->config().version == 2);
  CHECK(Repository::open(*storage, Secret("past")).error().cause == Cause::wrong_password);
  CHECK(create_repository(*storage, Secret("pass"), cheap, os::system_clock()).error().cause ==
        Cause::conflict);
  for (const char* const name : {"data/00", "data/ff", "index", "keys", "locks", "snapshots"})
    CHECK(std::filesystem::is_directory(folder / name));
  const auto before = fingerprint(*storage).value();
  folder.write("locks/" + std::string(64, 'a'), "");
  CHECK(fingerprint(*storage).value() == before);
  folder.write("snapshots/" + std::string(64, 'a'), "new");
  CHECK(fingerprint(*storage).value() != before);
}
