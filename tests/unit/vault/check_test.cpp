// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/check.h"

#include "os/folder.h"
#include "storage/local/local.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"
#include "tests/support/vault_builder.h"
#include "vault/lock_file.h"
#include "vault/tree.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

using namespace keepsake;
using namespace keepsake::vault;
using tests::TempFolder;
using tests::VaultBuilder;
namespace fs = std::filesystem;
using Depth = CheckAmount::Depth;

namespace {

using Blobs = std::vector<VaultBuilder::Blob>;

std::string text(std::size_t size, char seed) {
  std::string bytes(size, seed);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(seed + i * i % 61);
  return bytes;
}

Node file_node(const std::string& name, const std::vector<VaultBuilder::Blob>& blobs) {
  Node node{.name = name,
            .type = Node::Type::file,
            .mode = 0600,
            .modified = "2024-05-01T10:20:30Z",
            .size = {},
            .content = {},
            .subtree = {},
            .link_target = {}};
  for (const auto& blob : blobs) {
    node.content.push_back(blob.place.id);
    node.size.value += plain_length_of(blob.place);
  }
  return node;
}

Node folder_node(const std::string& name, const BlobId& tree) {
  return {.name = name,
          .type = Node::Type::dir,
          .mode = 0700,
          .modified = "2024-05-01T10:20:30Z",
          .size = {},
          .content = {},
          .subtree = tree,
          .link_target = {}};
}

std::string replaced(std::string all, const std::string& what, const std::string& with) {
  const auto at = all.find(what);
  REQUIRE(at != std::string::npos);
  return all.replace(at, what.size(), with);
}

/// What a repository is made of, before it is written; a row of the table changes some of it.
struct Recipe {
  int version = 2;
  std::function<void(const VaultBuilder&, VaultBuilder::Blob&)> first_blob{};  ///< of a.jpg
  std::function<void(std::vector<Node>&)> root_nodes{};
  std::function<std::string(std::string)> root_json{};
  std::function<void(Blobs&)> data_pack{};  ///< a.jpg's two blobs and b.jpg's
  VaultBuilder::ChangeHeader data_header{};
  VaultBuilder::ChangeHeader tree_header{};
  std::function<void(std::vector<PackContents>&)> index{};  ///< data pack, tree pack
  std::function<std::string(std::string)> index_json{};
  bool plain_json = false;
  bool plain_trees = false;
};

/// A repository of three photos, with what was written where.
struct Scene {
  TempFolder folder;
  PackContents data;
  PackContents trees;
  BlobId root;
  BlobId below;
  FileId index;
  FileId snapshot;
  FileId second_key;
  std::unique_ptr<storage::Storage> storage;

  explicit Scene(const Recipe& recipe = {}) {
    const VaultBuilder vault(folder, recipe.version);
    second_key = vault.add_key("other");
    auto a1 = vault.blob(BlobKind::data, text(5000, 'a'));
    const auto a2 = vault.blob(BlobKind::data, text(300, 'b'));
    const auto b = recipe.version == 2 ? vault.compressed(BlobKind::data, text(900, 'c'))
                                       : vault.blob(BlobKind::data, text(900, 'c'));
    if (recipe.first_blob) recipe.first_blob(vault, a1);
    const auto tree_blob = [&](const std::string& json) {
      return recipe.version == 2 && !recipe.plain_trees ? vault.compressed(BlobKind::tree, json)
                                                        : vault.blob(BlobKind::tree, json);
    };
    const auto below_blob = tree_blob(to_tree_json(std::vector{file_node("c.jpg", {a2, a2})}));
    below = below_blob.place.id;
    std::vector nodes{
        file_node("a.jpg", {a1, a2}), file_node("b.jpg", {b}), folder_node("folder", below)};
    if (recipe.root_nodes) recipe.root_nodes(nodes);
    auto json = to_tree_json(nodes);
    if (recipe.root_json) json = recipe.root_json(json);
    const auto root_blob = tree_blob(json);
    root = root_blob.place.id;
    Blobs data_blobs{a1, a2, b};
    if (recipe.data_pack) recipe.data_pack(data_blobs);
    data = vault.pack(data_blobs, recipe.data_header);
    trees = vault.pack({below_blob, root_blob}, recipe.tree_header);
    std::vector packs{data, trees};
    if (recipe.index) recipe.index(packs);
    auto index_json = to_index_json(packs);
    if (recipe.index_json) index_json = recipe.index_json(index_json);
    if (recipe.plain_json) {
      index = vault.put_named("index", vault.seal(bytes_of(index_json)));
    } else {
      index = vault.json("index", index_json);
    }
    snapshot = vault.snapshot(root, "2024-05-01T00:00:00Z");
    storage = storage::make_local(os::open_folder(folder.path()).value());
  }

  [[nodiscard]] std::unique_ptr<Repository> open() const {
    return Repository::open(*storage, Secret("pass")).value();
  }

  [[nodiscard]] CheckReport check(const CheckAmount& amount = {}) const {
    return vault::check(*open(), amount, {}, {}).value();
  }

  [[nodiscard]] fs::path path_of(const std::string& name) const { return folder / name; }

  [[nodiscard]] fs::path data_path() const { return folder / pack_name(data.pack); }

  void change(const std::string& name, const std::function<void(std::string&)>& how) const {
    auto bytes = folder.read(name);
    how(bytes);
    folder.write(name, bytes);
  }
};

/// A finding that is expected: of which thing, and a piece of its words.
struct Wanted {
  std::string thing;  ///< how it begins
  std::string words;
};

struct Row {
  const char* name;
  Recipe recipe{};
  std::function<void(const Scene&)> hurt{};
  std::vector<Wanted> findings{};
  std::vector<std::string> paths{};  ///< that suffer
  std::string note{};                ///< a piece of one
};

bool fits(const Wanted& wanted, const Finding& finding) {
  return finding.thing.starts_with(wanted.thing) &&
         finding.message.find(wanted.words) != std::string::npos;
}

std::function<void(const Scene&)> flip(const std::function<std::string(const Scene&)>& name,
                                       const std::function<std::size_t(std::size_t)>& where) {
  return [=](const Scene& scene) {
    scene.change(name(scene), [&](std::string& bytes) {
      auto& byte = bytes[where(bytes.size())];
      byte = static_cast<char>(byte ^ 1);
    });
  };
}

std::string data_name(const Scene& scene) { return pack_name(scene.data.pack); }

std::string tree_name(const Scene& scene) { return pack_name(scene.trees.pack); }

std::function<std::size_t(std::size_t)> at(std::size_t place) {
  return [=](std::size_t) { return place; };
}

std::function<std::size_t(std::size_t)> from_end(std::size_t place) {
  return [=](std::size_t size) { return size - place; };
}

/// Gives the first blob the plain length that is said.
VaultBuilder::ChangeHeader plain_length_of_last(std::uint32_t length) {
  return [=](std::vector<BlobPlace>& blobs) { blobs.back().plain_length = length; };
}

void remove_file(const Scene& scene, const std::string& name) { fs::remove(scene.path_of(name)); }

std::string lock_json(bool exclusive) {
  LockFile lock;
  lock.exclusive = exclusive;
  lock.hostname = "elsewhere";
  return to_json(lock);
}

const std::vector<Row>& harmless() {
  static const std::vector<Row> rows{
      {.name = "nothing was done to it"},
      {.name = "version 1", .recipe = {.version = 1}},
      {.name = "plain JSON in version 2", .recipe = {.plain_json = true}},
      {.name = "uncompressed trees", .recipe = {.plain_trees = true}},
      {.name = "no newline at a tree's end",
       .recipe = {.root_json =
                      [](std::string json) {
                        json.pop_back();
                        return json;
                      }}},
      {.name = "unknown keys in a tree",
       .recipe = {.root_json =
                      [](std::string json) {
                        return replaced(
                            replaced(json, "{\"nodes\"", "{\"x\":[1,{\"y\":null}],\"nodes\""),
                            "\"uid\"",
                            "\"generic_attributes\":{\"a\":1},\"uid\"");
                      }}},
      {.name = "supersedes and unknown keys in an index",
       .recipe = {.index_json =
                      [](const std::string& json) {
                        return replaced(json,
                                        "{\"packs\"",
                                        "{\"supersedes\":[\"" + std::string(64, 'b') +
                                            "\"],\"packs_to_delete\":[],\"packs\"");
                      }}},
      {.name = "missing empty folders",
       .hurt = [](const Scene& scene) { fs::remove_all(scene.path_of("locks")); }},
      {.name = "a pack in no index",
       .hurt =
           [](const Scene& scene) { scene.folder.write("data/ab/ab" + std::string(62, '0'), "?"); },
       .note = "is in no index"},
      {.name = "a pack listed twice",
       .recipe = {.index = [](auto& packs) { packs.push_back(packs.front()); }},
       .note = "is listed more than once"},
      {.name = "an empty lock",
       .hurt = [](const Scene& scene) { scene.folder.write("locks/" + std::string(64, 'a'), ""); },
       .note = "is empty"},
      {.name = "a lock that cannot be read",
       .hurt = [](const Scene& scene) { scene.folder.write("locks/" + std::string(64, 'a'), "?"); },
       .note = "lock aaaa"},
      {.name = "stray names everywhere",
       .hurt =
           [](const Scene& scene) {
             for (const char* const name : {"keepsake-tmp-1",
                                            "data/notes",
                                            "data/aa/x.par2",
                                            "index/.nfs1",
                                            "keys/a-tmp-1",
                                            "snapshots/A",
                                            "locks/l"})
               scene.folder.write(name, "?");
             scene.folder.write("index/" + std::string(64, 'A'), "?");
           },
       .note = "data/aa/x.par2 is no part"},
  };
  return rows;
}

const std::vector<Row>& damages() {
  static const std::vector<Row> rows{
      {.name = "a flipped bit in an IV",
       .hurt = flip(data_name, at(3)),
       .findings = {{"pack", "has a broken seal"}},
       .paths = {"a.jpg"}},
      {.name = "a flipped bit in a blob",
       .hurt = flip(data_name, at(200)),
       .findings = {{"pack", "its bytes are not those"}},
       .paths = {"a.jpg"}},
      {.name = "a flipped bit in a blob of two files",
       .hurt = flip(data_name, at(5100)),
       .findings = {{"pack", "has a broken seal"}},
       .paths = {"a.jpg", "folder/c.jpg"}},
      {.name = "a flipped bit in a MAC",
       .hurt = flip(data_name, at(5031)),
       .findings = {{"pack", "has a broken seal"}},
       .paths = {"a.jpg"}},
      {.name = "a flipped bit in a header",
       .hurt = flip(data_name, from_end(40)),
       .findings = {{"pack", "its header: its seal is broken"}}},
      {.name = "a flipped bit in a header's length",
       .hurt = flip(data_name, from_end(1)),
       .findings = {{"pack", "it says that its header has"}}},
      {.name = "a flipped bit in a tree",
       .hurt = flip(tree_name, at(60)),
       .findings = {{"pack", "has a broken seal"}, {"tree", "\"folder\" of snapshot"}},
       .paths = {"folder"}},
      {.name = "a flipped bit in the root",
       .hurt = flip(tree_name, from_end(200)),
       .findings = {{"pack", "has a broken seal"}, {"tree", "\"/\" of snapshot"}},
       .paths = {""}},
      {.name = "a pack cut short",
       .hurt = [](const Scene& scene) { fs::resize_file(scene.data_path(), 5100); },
       .findings = {{"pack", "it has 5100 bytes, and the index implies"}},
       .paths = {"a.jpg", "b.jpg", "folder/c.jpg"}},
      {.name = "an empty pack",
       .hurt = [](const Scene& scene) { fs::resize_file(scene.data_path(), 0); },
       .findings = {{"pack", "it has 0 bytes"}},
       .paths = {"a.jpg", "b.jpg", "folder/c.jpg"}},
      {.name = "a pack grown longer",
       .hurt =
           [](const Scene& scene) {
             scene.change(data_name(scene), [](std::string& bytes) { bytes += '!'; });
           },
       .findings = {{"pack", "the index implies"}}},
      {.name = "a missing pack",
       .hurt = [](const Scene& scene) { remove_file(scene, data_name(scene)); },
       .findings = {{"pack", "it is missing"}},
       .paths = {"a.jpg", "b.jpg", "folder/c.jpg"}},
      {.name = "a missing pack of trees",
       .hurt = [](const Scene& scene) { remove_file(scene, tree_name(scene)); },
       .findings = {{"pack", "it is missing"}, {"tree", "of snapshot"}},
       .paths = {""}},
      {.name = "a pack in another folder",
       .hurt =
           [](const Scene& scene) {
             const auto name = scene.data.pack.hex();
             const std::string other = name.starts_with("00") ? "data/01/" : "data/00/";
             fs::create_directories(scene.path_of(other));
             fs::rename(scene.data_path(), scene.path_of(other + name));
           },
       .findings = {{"pack", "it is missing"}},
       .paths = {"a.jpg", "b.jpg", "folder/c.jpg"},
       .note = "is no part of the repository"},
      {.name = "a missing index",
       .hurt = [](const Scene& scene) { remove_file(scene, file_name("index", scene.index)); },
       .findings = {{"tree", "it is in no index"}},
       .paths = {""},
       .note = "is in no index"},
      {.name = "a flipped bit in an index",
       .hurt = flip([](const Scene& scene) { return file_name("index", scene.index); }, at(50)),
       .findings = {{"index", "its name is the sum of"}, {"tree", "it is in no index"}},
       .paths = {""},
       .note = "is in no index"},
      {.name = "an empty index",
       .hurt = [](const Scene& scene) { scene.folder.write("index/" + std::string(64, '0'), ""); },
       .findings = {{"index", "its name is the sum of"}}},
      {.name = "an index of no JSON",
       .recipe = {.index_json = [](const std::string&) { return std::string("{\"packs\":[{]}"); }},
       .findings = {{"index", "its JSON cannot be read"}, {"tree", "it is in no index"}},
       .paths = {""}},
      {.name = "a flipped bit in a snapshot",
       .hurt =
           flip([](const Scene& scene) { return file_name("snapshots", scene.snapshot); }, at(50)),
       .findings = {{"snapshot", "its name is the sum of"}}},
      {.name = "an empty snapshot",
       .hurt =
           [](const Scene& scene) { scene.folder.write("snapshots/" + std::string(64, '0'), ""); },
       .findings = {{"snapshot 0000", "its name is the sum of"}}},
      {.name = "a flipped bit in another key",
       .hurt = flip([](const Scene& scene) { return file_name("keys", scene.second_key); }, at(20)),
       .findings = {{"key", "its name is the sum of"}}},
      {.name = "another key that is no JSON",
       .hurt =
           [](const Scene& scene) {
             scene.folder.write("keys/" + crypto::sha256(bytes_of("?")).hex(), "?");
           },
       .findings = {{"key", "its JSON cannot be read"}}},
      {.name = "a wrong plain length in the header",
       .recipe = {.data_header = plain_length_of_last(901)},
       .findings = {{"pack", "differ about the lengths"}}},
      {.name = "a wrong plain length in the index",
       .recipe = {.index = [](auto& packs) { packs[0].blobs.back().plain_length = 901; }},
       .findings = {{"pack", "has 900 bytes, and the index says 901"},
                    {"tree", "should have 900 bytes"}}},
      {.name = "a wrong plain length in both",
       .recipe = {.data_header = plain_length_of_last(899),
                  .index = [](auto& packs) { packs[0].blobs.back().plain_length = 899; }},
       .findings = {{"pack", "has 900 bytes, and the index says 899"},
                    {"tree", "should have 900 bytes"}}},
      {.name = "a blob that is another than it is called",
       .recipe = {.first_blob =
                      [](const VaultBuilder& vault, VaultBuilder::Blob& blob) {
                        blob = vault.blob(BlobKind::data,
                                          crypto::sha256(bytes_of("?")),
                                          bytes_of(text(5000, 'a')),
                                          0);
                      }},
       .findings = {{"pack", "has other bytes than its id says"}},
       .paths = {"a.jpg"}},
      {.name = "a compressed blob that is no zstd",
       .recipe = {.first_blob =
                      [](const VaultBuilder& vault, VaultBuilder::Blob& blob) {
                        const auto plain = text(5000, 'a');
                        blob = vault.blob(
                            BlobKind::data, crypto::sha256(bytes_of(plain)), bytes_of(plain), 5000);
                      }},
       .findings = {{"pack", "cannot be decompressed"}},
       .paths = {"a.jpg"}},
      {.name = "a header that lists a blob less",
       .recipe = {.data_header = [](auto& blobs) { blobs.pop_back(); }},
       .findings = {{"pack", "the index implies"}}},
      {.name = "a header that lists two blobs exchanged",
       .recipe = {.data_header = [](auto& blobs) { std::swap(blobs[0].id, blobs[1].id); }},
       .findings = {{"pack", "where the index lists"}}},
      {.name = "a header that calls a blob a tree",
       .recipe = {.data_header = [](auto& blobs) { blobs[0].kind = BlobKind::tree; }},
       .findings = {{"pack", "where the index lists"}}},
      {.name = "an index with overlapping blobs",
       .recipe = {.index = [](auto& packs) { packs[0].blobs[1].offset -= 1; }},
       .findings = {{"pack", "overlap"}},
       .paths = {"a.jpg", "folder/c.jpg"}},
      {.name = "an index with a gap",
       .recipe = {.index = [](auto& packs) { packs[0].blobs.erase(packs[0].blobs.begin() + 1); }},
       .findings = {{"pack", "a gap"}, {"blob", "it is in no index"}},
       .paths = {"a.jpg", "folder/c.jpg"}},
      {.name = "a blob in no index",
       .recipe = {.root_nodes =
                      [](auto& nodes) { nodes[1].content[0] = crypto::sha256(bytes_of("?")); }},
       .findings = {{"blob", "needed by \"b.jpg\""}},
       .paths = {"b.jpg"}},
      {.name = "a folder's tree in no index",
       .recipe = {.root_nodes =
                      [](auto& nodes) { nodes[2].subtree = crypto::sha256(bytes_of("?")); }},
       .findings = {{"tree", "it is in no index; it is \"folder\""}},
       .paths = {"folder"}},
      {.name = "a size that the blobs do not add up to",
       .recipe = {.root_nodes = [](auto& nodes) { nodes[0].size.value += 5; }},
       .findings = {{"tree", "the file \"a.jpg\" should have 5305 bytes"}},
       .paths = {"a.jpg"}},
      {.name = "nodes out of order",
       .recipe = {.root_json =
                      [](const std::string& json) {
                        return replaced(json, "\"a.jpg\"", "\"bb.jpg\"");
                      }},
       .findings = {{"tree", "out of order"}}},
      {.name = "two nodes of one name",
       .recipe = {.root_json =
                      [](const std::string& json) {
                        return replaced(json, "\"a.jpg\"", "\"b.jpg\"");
                      }},
       .findings = {{"tree", "stands there twice"}}},
      {.name = "a node that leads out of its folder",
       .recipe = {.root_json =
                      [](const std::string& json) {
                        return replaced(json, "\"a.jpg\"", "\"../a.jpg\"");
                      }},
       .findings = {{"tree", "which no file may be"}}},
      {.name = "a node without a name",
       .recipe = {.root_json =
                      [](const std::string& json) { return replaced(json, "\"a.jpg\"", "\"\""); }},
       .findings = {{"tree", "has no name"}}},
      {.name = "a node of an unknown type",
       .recipe = {.root_json =
                      [](const std::string& json) {
                        return replaced(json, "\"file\"", "\"door\"");
                      }},
       .findings = {{"tree", "of a type that nobody knows"}}},
      {.name = "a file without a list of blobs",
       .recipe = {.root_nodes = [](auto& nodes) { nodes[1].content.clear(); },
                  .root_json =
                      [](const std::string& json) {
                        return replaced(json, "\"content\":[]", "\"content\":null");
                      }},
       .findings = {{"tree", "has no list of blobs"}, {"tree", "should have 900 bytes"}},
       .paths = {"b.jpg"}},
      {.name = "a folder without a tree",
       .recipe = {.root_nodes = [](auto& nodes) { nodes[2].subtree.reset(); }},
       .findings = {{"tree", "the folder \"folder\" has no tree"}},
       .paths = {"folder"}},
      {.name = "a tree that is no JSON",
       .recipe = {.root_json =
                      [](const std::string& json) { return json.substr(0, json.size() - 5); }},
       .findings = {{"tree", "its JSON cannot be read"}},
       .paths = {""}},
  };
  return rows;
}

void check_row(const Row& row) {
  CAPTURE(row.name);
  const Scene scene(row.recipe);
  if (row.hurt) row.hurt(scene);

  const auto report = scene.check();

  for (const Finding& finding : report.findings) {
    CAPTURE(finding.thing);
    CAPTURE(finding.message);
    CHECK(std::any_of(row.findings.begin(), row.findings.end(), [&](const Wanted& wanted) {
      return fits(wanted, finding);
    }));
  }
  for (const Wanted& wanted : row.findings) {
    CAPTURE(wanted.words);
    CHECK(std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
      return fits(wanted, finding);
    }));
  }
  std::vector<std::string> paths;
  for (const auto& broken : report.broken_paths) paths.push_back(broken.path);
  CHECK(paths == row.paths);
  const bool noted =
      row.note.empty() ||
      std::any_of(report.notes.begin(), report.notes.end(), [&](const std::string& note) {
        return note.find(row.note) != std::string::npos;
      });
  CHECK(noted);
}

}  // namespace

TEST_CASE("what is odd but right is no damage") {
  for (const Row& row : harmless()) check_row(row);
}

TEST_CASE("each kind of damage is found, named, and told by the paths that suffer") {
  for (const Row& row : damages()) check_row(row);
}

TEST_CASE("what must be there to open a repository is told when it is damaged") {
  struct Opening {
    const char* name;
    std::function<void(const Scene&)> hurt;
    Cause cause;
  };

  const std::vector<Opening> rows{
      {"no config", [](const Scene& scene) { remove_file(scene, "config"); }, Cause::not_found},
      {"a flipped bit in the config",
       flip([](const Scene&) { return "config"; }, at(40)),
       Cause::corrupt},
      {"an empty config",
       [](const Scene& scene) { scene.folder.write("config", ""); },
       Cause::corrupt},
      {"no keys",
       [](const Scene& scene) { fs::remove_all(scene.path_of("keys")); },
       Cause::corrupt},
      {"the old layout",
       [](const Scene& scene) { fs::rename(scene.path_of("keys"), scene.path_of("key")); },
       Cause::unsupported},
  };
  for (const Opening& row : rows) {
    CAPTURE(row.name);
    const Scene scene;
    row.hurt(scene);

    CHECK(Repository::open(*scene.storage, Secret("pass")).error().cause == row.cause);
  }
}

TEST_CASE("a key that is damaged does not stop the others") {
  const Scene scene;
  scene.folder.write("keys/" + std::string(64, '0'), "?");

  CHECK(Repository::open(*scene.storage, Secret("other")).has_value());
  // Whether "nobody" is wrong, or is the password of the damaged one, cannot be told.
  const auto refused = Repository::open(*scene.storage, Secret("nobody"));
  CHECK(refused.error().cause == Cause::corrupt);
  CHECK(refused.error().what.find("one of them is damaged") != std::string::npos);
}

TEST_CASE("frames of whatever kind are no damage") {
  const auto plain = text(5000, 'a');
  const auto whole = compress(bytes_of(plain));
  Bytes two = compress(bytes_of(plain).first(2000));
  const Bytes rest = compress(bytes_of(plain).subspan(2000));
  two.insert(two.end(), rest.begin(), rest.end());
  Bytes skipping = from_hex("502a4d1804000000deadbeef").value();
  skipping.insert(skipping.end(), whole.begin(), whole.end());
  Bytes skipping_behind = whole;
  const auto skipped = from_hex("5f2a4d1800000000").value();
  skipping_behind.insert(skipping_behind.end(), skipped.begin(), skipped.end());
  for (const Bytes& stored : {whole, two, skipping, skipping_behind}) {
    Recipe recipe;
    recipe.first_blob = [&](const VaultBuilder& vault, VaultBuilder::Blob& blob) {
      blob = vault.blob(BlobKind::data, crypto::sha256(bytes_of(plain)), stored, 5000);
    };

    CHECK(Scene(recipe).check().findings.empty());
  }
}

TEST_CASE("an empty tree may be written as nothing") {
  const TempFolder folder;
  const VaultBuilder vault(folder);
  const auto tree = vault.compressed(BlobKind::tree, "{\"nodes\":null}\n");
  static_cast<void>(vault.index({vault.pack({tree})}));
  static_cast<void>(vault.snapshot(tree.place.id, "2024-05-01T00:00:00Z"));
  const auto storage = storage::make_local(os::open_folder(folder.path()).value());
  const auto repository = Repository::open(*storage, Secret("pass")).value();

  CHECK(check(*repository, {}, {}, {}).value().findings.empty());
}

TEST_CASE("a blob that another pack has too is not lost") {
  const TempFolder folder;
  const VaultBuilder vault(folder);
  const auto photo = vault.blob(BlobKind::data, text(3000, 'p'));
  const auto tree =
      vault.compressed(BlobKind::tree, to_tree_json(std::vector{file_node("a.jpg", {photo})}));
  const auto bad = vault.pack({photo, vault.blob(BlobKind::data, "more")});
  static_cast<void>(vault.index({bad, vault.pack({photo}), vault.pack({tree})}));
  static_cast<void>(vault.snapshot(tree.place.id, "2024-05-01T00:00:00Z"));
  fs::remove(folder / pack_name(bad.pack));
  const auto storage = storage::make_local(os::open_folder(folder.path()).value());
  const auto repository = Repository::open(*storage, Secret("pass")).value();

  const auto report = check(*repository, {}, {}, {}).value();

  CHECK(report.findings.size() == 1);
  CHECK(report.bad_packs == std::vector{bad.pack});
  CHECK(report.lost_blobs.size() == 1);  // what only the missing one had
  CHECK(report.broken_paths.empty());
}

TEST_CASE("the less is read the less is found, but never something wrong") {
  const Scene right;
  const Scene wrong;
  flip(data_name, at(200))(wrong);

  for (const Depth depth : {Depth::none, Depth::packs, Depth::blobs}) {
    CHECK(right.check({.depth = depth, .share = 1}).findings.empty());
    const auto report = wrong.check({.depth = depth, .share = 1});
    CHECK(report.findings.size() == (depth == Depth::none ? 0 : 1));
    CHECK(report.broken_paths.size() == (depth == Depth::none ? 0 : 1));
  }
  CHECK(right.check({.depth = Depth::none, .share = 1}).bytes_read == ByteCount{0});
}

TEST_CASE("a share of the packs is read, at least one unless it is none") {
  const Scene scene;
  const auto both = scene.check().bytes_read;

  const auto one = scene.check({.depth = Depth::blobs, .share = 0.01}).bytes_read;
  const auto none = scene.check({.depth = Depth::blobs, .share = 0}).bytes_read;

  CHECK(one.value > 0);
  CHECK(one < both);
  CHECK(none == ByteCount{0});
}

TEST_CASE("a check that is stopped says so") {
  const Scene scene;
  std::stop_source stop;
  stop.request_stop();

  CHECK(check(*scene.open(), {}, {}, stop.get_token()).error().cause == Cause::cancelled);
}

TEST_CASE("progress ends where it was said to") {
  const Scene scene;
  CheckProgress last;

  REQUIRE(check(*scene.open(), {}, [&](const CheckProgress& now) { last = now; }, {}).has_value());

  CHECK(last.total.value > 0);
  CHECK(last.done == last.total);
}

TEST_CASE("only a young lock of one who must be alone forbids reading") {
  struct Clock final : os::Clock {
    Instant time{};

    Instant now() override { return time; }
  };

  const Scene scene;
  const auto repository = scene.open();
  const auto store = [&](bool exclusive) {
    const auto file = pack_json(repository->key(), 2, lock_json(exclusive));
    scene.folder.write(file_name("locks", file.id), text_of(file.stored));
    return file.id;
  };
  Clock clock;
  const TempFolder home;
  const auto state = os::open_folder(home.path()).value();
  std::vector<std::string> warnings;
  scene.folder.write("locks/" + std::string(64, '0'), "");
  store(false);
  CHECK(check_locks_for_reading(*repository, *state, clock, warnings).has_value());
  CHECK(warnings.empty());

  store(true);
  const auto young = check_locks_for_reading(*repository, *state, clock, warnings);
  CHECK(young.error().cause == Cause::locked);
  CHECK(young.error().what.find("elsewhere") != std::string::npos);

  clock.time += std::chrono::minutes(31);
  CHECK(check_locks_for_reading(*repository, *state, clock, warnings).has_value());
  CHECK(warnings.size() == 1);
}

TEST_CASE("the lock of a run of one's own that was killed does not forbid reading") {
  constexpr std::int64_t nobodys_pid = 1 << 30;
  const Scene scene;
  const auto repository = scene.open();
  const LockFile dead{os::system_clock().now(), true, os::host_name(), "keepsake", nobodys_pid};
  const auto file = pack_json(repository->key(), 2, to_json(dead));
  scene.folder.write(file_name("locks", file.id), text_of(file.stored));
  const TempFolder home;
  const auto state = os::open_folder(home.path()).value();
  std::vector<std::string> warnings;
  const auto check = [&] {
    return check_locks_for_reading(*repository, *state, os::system_clock(), warnings);
  };
  CHECK(check().error().cause == Cause::locked);

  home.write("locks", file.id.hex() + "\n");

  CHECK(check().has_value());
  CHECK(warnings.empty());
  CHECK(scene.folder.has(file_name("locks", file.id)));
}

TEST_CASE("repositories that restic made are whole") {
  const auto folder = tests::test_data("restic-vector-repo");
  if (!folder) return;
  for (const char* const name : {"repo-v1", "repo-v2"}) {
    CAPTURE(name);
    const auto storage = storage::make_local(os::open_folder(*folder / name).value());
    const auto repository =
        Repository::open(*storage, Secret("correct horse battery staple")).value();

    const auto report = check(*repository, {}, {}, {}).value();

    for (const Finding& finding : report.findings) CHECK(finding.message.empty());
    CHECK(report.packs == 4);
    CHECK(report.blobs == (std::string(name) == "repo-v1" ? 39 : 46));
  }
}
