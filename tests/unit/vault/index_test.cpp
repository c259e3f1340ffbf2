// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/index.h"

#include "crypto/sha.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace keepsake;
using namespace keepsake::vault;

namespace {

Digest id_of(int number) { return crypto::sha256(bytes_of(std::to_string(number))); }

/// A pack of which some of few blobs are made, so that many lie in several packs.
PackContents pack_of(int number, const std::set<int>& blobs) {
  PackContents pack{.pack = id_of(1000 + number), .blobs = {}};
  std::uint32_t offset = 0;
  for (const int blob : blobs) {
    pack.blobs.push_back({.kind = blob % 2 == 0 ? BlobKind::data : BlobKind::tree,
                          .id = id_of(blob / 2),
                          .offset = offset,
                          .length = 40,
                          .plain_length = 0});
    offset += 40;
  }
  return pack;
}

}  // namespace

TEST_CASE("an index finds exactly what was added and not removed") {
  CHECK(rc::check([](const std::vector<std::pair<bool, int>>& steps) {
    Index index;
    std::map<int, PackContents> model;
    for (const auto& [adds, number] : steps) {
      const int which = (number % 12 + 12) % 12;
      if (adds && !model.contains(which)) {
        const auto picked = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20));
        model[which] = pack_of(which, {picked.begin(), picked.end()});
        index.add(model[which]);
      } else {
        index.remove(id_of(1000 + which));
        model.erase(which);
      }
    }
    RC_ASSERT(index.packs().size() == model.size());
    for (int blob = 0; blob < 20; ++blob) {
      const auto kind = blob % 2 == 0 ? BlobKind::data : BlobKind::tree;
      std::set<FileId> wanted;
      for (const auto& [number, pack] : model)
        for (const BlobPlace& place : pack.blobs)
          if (place.kind == kind && place.id == id_of(blob / 2)) wanted.insert(pack.pack);
      std::set<FileId> found;
      for (const auto& each : index.find_all(kind, id_of(blob / 2))) found.insert(each.pack);
      RC_ASSERT(found == wanted);
      RC_ASSERT(index.contains(kind, id_of(blob / 2)) == !wanted.empty());
    }
    for (const auto& [number, pack] : model) RC_ASSERT(index.blobs_of(pack.pack) == pack.blobs);
  }));
}

TEST_CASE("many blobs are found, also after others were removed") {
  Index index;
  constexpr int packs = 40;
  constexpr int each = 500;
  for (int pack = 0; pack < packs; ++pack) {
    PackContents contents{.pack = id_of(-1 - pack), .blobs = {}};
    for (int i = 0; i < each; ++i)
      contents.blobs.push_back({.kind = BlobKind::data,
                                .id = id_of(pack * each + i),
                                .offset = static_cast<std::uint32_t>(i) * 50,
                                .length = 50,
                                .plain_length = 0});
    index.add(contents);
  }
  CHECK(index.blob_count() == packs * each);

  for (int pack = 0; pack < packs; pack += 2) index.remove(id_of(-1 - pack));

  CHECK(index.blob_count() == packs * each / 2);
  int wrong = 0;
  for (int blob = 0; blob < packs * each; ++blob)
    if (index.contains(BlobKind::data, id_of(blob)) != (blob / each % 2 == 1)) ++wrong;
  CHECK(wrong == 0);
}

TEST_CASE("a pack that is said to hold two things holds both") {
  Index index;
  index.add(pack_of(1, {0, 2}));
  index.add(pack_of(1, {0, 2}));
  CHECK(index.blob_count() == 2);

  index.add(pack_of(1, {4}));

  CHECK(index.blob_count() == 3);
  CHECK(index.contains(BlobKind::data, id_of(2)));
}

TEST_CASE("what is no index is refused") {
  for (const char* const text :
       {"", "[]", "{", "{\"packs\":[{}]}", "{\"packs\":[{\"id\":\"abc\"}]}", "{\"packs\":{}}"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_index(text).has_value());
  }
  const std::string id(64, 'a');
  const std::string before = R"({"packs":[{"id":")" + id + R"(","blobs":[{"id":")" + id + "\",";
  for (const char* const rest : {R"("type":"data","offset":0,"length":31}]}]})",
                                 R"("type":"data","offset":4294967295,"length":40}]}]})",
                                 R"("type":"data","offset":0,"length":4294967296}]}]})",
                                 R"("type":"data","offset":-1,"length":40}]}]})",
                                 R"("type":"door","offset":0,"length":40}]}]})",
                                 R"("offset":0,"length":40}]}]})"}) {
    CAPTURE(rest);
    CHECK(parse_index(before + rest).error().cause == Cause::corrupt);
  }
  CHECK(parse_index("{}").value().empty());
}
