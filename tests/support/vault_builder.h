// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/sha.h"
#include "os/machine.h"
#include "tests/support/temp_folder.h"
#include "vault/blob.h"
#include "vault/compression.h"
#include "vault/config_file.h"
#include "vault/index.h"
#include "vault/key_file.h"
#include "vault/pack_header.h"
#include "vault/repository.h"
#include "vault/seal.h"
#include "vault/snapshot.h"
#include "vault/unpacked.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keepsake::tests {

inline constexpr crypto::ScryptCost cheap_key{.n = 1024, .r = 8, .p = 1};

/// Writes repositories piece by piece, right ones and wrong ones.
class VaultBuilder {
 public:
  struct Blob {
    vault::BlobPlace place;  ///< without its offset
    Bytes sealed;
  };

  using ChangeHeader = std::function<void(std::vector<vault::BlobPlace>&)>;

  /// Writes a config and a key with the password "pass".
  explicit VaultBuilder(const TempFolder& folder, int version = 2)
      : folder_(folder), version_(version) {
    auto config = vault::make_config();
    config.version = version;
    put("config", seal(bytes_of(vault::to_json(config))));
    add_key("pass");
  }

  [[nodiscard]] const vault::MasterKey& key() const { return key_; }

  [[nodiscard]] Bytes seal(ByteView plain) const { return vault::seal(key_, plain); }

  vault::FileId add_key(const char* password) const {
    const auto file = vault::lock(key_, Secret(password), cheap_key).value();
    return put_named("keys", bytes_of(vault::to_json(file, os::system_clock().now())));
  }

  void put(const std::string& name, ByteView bytes) const { folder_.write(name, text_of(bytes)); }

  /// Stores a file under the sum of its bytes.
  [[nodiscard]] vault::FileId put_named(const std::string& folder, ByteView bytes) const {
    const auto id = crypto::sha256(bytes);
    put(folder + "/" + id.hex(), bytes);
    return id;
  }

  /// As it is.
  [[nodiscard]] Blob blob(vault::BlobKind kind, std::string_view plain) const {
    return blob(kind, crypto::sha256(bytes_of(plain)), bytes_of(plain), 0);
  }

  [[nodiscard]] Blob compressed(vault::BlobKind kind, std::string_view plain) const {
    return blob(kind,
                crypto::sha256(bytes_of(plain)),
                vault::compress(bytes_of(plain)),
                static_cast<std::uint32_t>(plain.size()));
  }

  [[nodiscard]] Blob blob(vault::BlobKind kind,
                          const vault::BlobId& id,
                          ByteView stored,
                          std::uint32_t plain_length) const {
    auto sealed = seal(stored);
    return {{.kind = kind,
             .id = id,
             .offset = 0,
             .length = static_cast<std::uint32_t>(sealed.size()),
             .plain_length = plain_length},
            std::move(sealed)};
  }

  [[nodiscard]] vault::PackContents pack(const std::vector<Blob>& blobs,
                                         const ChangeHeader& change = {}) const {
    vault::PackContents contents;
    Bytes bytes;
    for (Blob blob : blobs) {
      blob.place.offset = static_cast<std::uint32_t>(bytes.size());
      contents.blobs.push_back(blob.place);
      bytes.insert(bytes.end(), blob.sealed.begin(), blob.sealed.end());
    }
    auto listed = contents.blobs;
    if (change) change(listed);
    const auto header = vault::seal_pack_header(key_, listed);
    bytes.insert(bytes.end(), header.begin(), header.end());
    contents.pack = crypto::sha256(bytes);
    put(vault::pack_name(contents.pack), bytes);
    return contents;
  }

  /// Index and snapshot files, as `folder` says.
  [[nodiscard]] vault::FileId json(const std::string& folder, std::string_view text) const {
    const auto file = vault::pack_json(key_, version_, text);
    put(folder + "/" + file.id.hex(), file.stored);
    return file.id;
  }

  [[nodiscard]] vault::FileId index(const std::vector<vault::PackContents>& packs) const {
    return json("index", vault::to_index_json(packs));
  }

  [[nodiscard]] vault::FileId snapshot(const vault::BlobId& tree, const char* time) const {
    return json("snapshots",
                vault::to_json(vault::Snapshot{.id = {},
                                               .time = time,
                                               .parent = {},
                                               .tree = tree,
                                               .paths = {"/photos"},
                                               .hostname = "host",
                                               .username = {},
                                               .tags = {},
                                               .program_version = {}}));
  }

 private:
  const TempFolder& folder_;
  int version_;
  vault::MasterKey key_ = vault::MasterKey::random();
};

}  // namespace keepsake::tests
