// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "crypto/sha.h"
#include "vault/compression.h"
#include "vault/config_file.h"
#include "vault/index.h"
#include "vault/key_file.h"
#include "vault/lock_file.h"
#include "vault/pack_header.h"
#include "vault/seal.h"
#include "vault/snapshot.h"
#include "vault/tree.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using namespace keepsake;
using namespace keepsake::vault;

namespace {

/// Writes seeds into the corpus of each parser.
class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void write(std::string_view parser, std::string_view name, std::string_view bytes) const {
    const auto folder = folder_ / ("vault_" + std::string(parser));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path folder_;
};

BlobId id_of(std::string_view text) { return crypto::sha256(bytes_of(text)); }

std::vector<BlobPlace> places() {
  return {
      {.kind = BlobKind::data, .id = id_of("a"), .offset = 0, .length = 40, .plain_length = 0},
      {.kind = BlobKind::data, .id = id_of("b"), .offset = 40, .length = 50, .plain_length = 99},
      {.kind = BlobKind::tree, .id = id_of("c"), .offset = 90, .length = 60, .plain_length = 70}};
}

std::vector<Node> nodes() {
  Node file;
  file.name = "a \"quoted\" \xc3\xa9 \xff.jpg";
  file.modified = node_time(Instant{});
  file.size = ByteCount{8};
  file.content = {id_of("a")};
  Node folder;
  folder.name = "folder";
  folder.type = Node::Type::dir;
  folder.modified = file.modified;
  folder.subtree = id_of("b");
  return {file, folder};
}

void write_seeds(const Seeds& seeds) {
  const auto key = MasterKey::random();
  const auto header = seal_pack_header(key, places());
  const auto plain = open_sealed(key, ByteView(header).first(header.size() - 4)).value();
  seeds.write("pack_header", "three", text_of(plain));
  seeds.write("index", "one", to_index_json(std::vector<PackContents>{{id_of("pack"), places()}}));
  seeds.write("index",
              "odd",
              R"({"supersedes":["x"],"packs":[{"id":null,"blobs":null}],"packs_to_delete":[]})");
  seeds.write("tree", "two", to_tree_json(nodes()));
  seeds.write("tree", "null", R"({"nodes":null})");
  seeds.write("tree",
              "link",
              R"({"x":{},"nodes":[{"name":"l","type":"symlink","mode":134218239,"linktarget":"a",)"
              R"("linktarget_raw":"/w==","content":null}]})");
  seeds.write("name", "quoted", R"(a\"b\\c\x7f\u00a0\U0001f600\377\n)");
  Snapshot snapshot;
  snapshot.time = "2024-05-01T10:20:30.123456789+02:00";
  snapshot.tree = id_of("c");
  snapshot.parent = id_of("p");
  snapshot.paths = {"/photos", "/keepsake"};
  snapshot.hostname = "host";
  snapshot.tags = {"keepsake", "a tag"};
  seeds.write("snapshot", "whole", to_json(snapshot));
  seeds.write("snapshot", "lock", to_json(LockFile{Instant{}, true, "host", "user", 7}));
  seeds.write("config", "new", to_json(make_config()));
  const auto file = lock(key, Secret("pass"), {.n = 2, .r = 1, .p = 1}).value();
  seeds.write("key", "file", to_json(file, Instant{}));
  seeds.write("key", "master", MasterKey::random().to_json().reveal());
  const std::string text(500, 'x');
  const auto frame = compress(bytes_of(text));
  seeds.write("zstd", "frame", text_of(frame));
  seeds.write("zstd", "two", std::string(text_of(frame)) + std::string(text_of(frame)));
  const auto skippable = from_hex("502a4d1804000000deadbeef").value();
  seeds.write("zstd", "skippable", std::string(text_of(skippable)) + std::string(text_of(frame)));
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  write_seeds(Seeds(words[1]));
  return 0;
}
