// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/repository.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/sha.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/compression.h"
#include "vault/config_file.h"
#include "vault/index.h"
#include "vault/key_file.h"
#include "vault/seal.h"
#include "vault/snapshot.h"
#include "vault/tree.h"
#include "vault/unpacked.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace keepsake::vault {

namespace {

constexpr std::uint32_t longest_unasked = 16U << 20U;  // twice what programs write

/// Each may take seconds, and nobody has more passwords.
constexpr std::size_t most_keys = 64;

/// What ends a whole operation; any other failure costs only the file it happened to.
bool ends_everything(const Error& error) {
  return error.cause == Cause::absent || error.cause == Cause::cancelled;
}

/// What became of trying the password on every key file.
struct Tried {
  std::optional<MasterKey> key;
  std::optional<Error> wrong_password;
  std::optional<Error> unreadable;
};

Result<MasterKey> try_key(storage::Storage& storage,
                          const std::string& name,
                          const Secret& password) {
  const auto text = TRY(storage.read_all(name, max_key_file));
  if (crypto::sha256(text).hex() != name.substr(name.rfind('/') + 1))
    return fail(Error{Cause::corrupt, "its bytes are not those it is named after", name, {}});
  const auto file = TRY(parse_key_file(text_of(text)).map_error(in(name)));
  return unlock(file, password).map_error(in(name));
}

Result<Tried> try_keys(storage::Storage& storage, const Secret& password) {
  Tried tried;
  std::size_t count = 0;
  const auto files = TRY(storage.list("keys"));
  for (const auto& listed : files) {
    if (!id_of_name(listed.name) || count++ == most_keys) continue;
    auto key = try_key(storage, "keys/" + listed.name, password);
    if (key) {
      tried.key = std::move(*key);
      return tried;
    }
    if (ends_everything(key.error())) return fail(std::move(key).error());
    (key.error().cause == Cause::wrong_password ? tried.wrong_password : tried.unreadable) =
        std::move(key).error();
  }
  return tried;
}

Result<bool> has_ids(storage::Storage& storage, std::string_view folder) {
  const auto files = TRY(storage.list(folder));
  return std::any_of(files.begin(), files.end(), [](const storage::Listed& file) {
    return id_of_name(file.name).has_value();
  });
}

/// Up to version 0.17 restic also knew a layout with other folder names, and packs side by side.
Result<> refuse_old_layout(storage::Storage& storage) {
  for (const auto folder : {"key", "data"})
    if (TRY(has_ids(storage, folder)))
      return fail(
          Cause::unsupported,
          "it has the old layout \"s3legacy\"; restic 0.17 or older can bring it up to date "
          "with `restic migrate s3_layout`");
  return {};
}

tl::unexpected<Error> not_opened(const storage::Storage& storage, Tried tried) {
  auto error = tried.wrong_password ? *std::move(tried.wrong_password)
               : tried.unreadable
                   ? *std::move(tried.unreadable)
                   : Error{Cause::corrupt, "it has no key files", {}, Scope::destination};
  if (error.cause == Cause::wrong_password) {
    error.what = "the password opens none of its keys";
    error.where = storage.where();
    // The key of this very password may be the damaged one.
    if (tried.unreadable) {
      error.cause = Cause::corrupt;
      error.what += fmt::format(", and one of them is damaged ({})", tried.unreadable->message());
    }
  } else {
    error.what = fmt::format("it cannot be opened: {}", error.message());
    error.where = storage.where();
  }
  error.scope = Scope::destination;
  return fail(std::move(error));
}

Result<Snapshot> read_snapshot(storage::Storage& storage, const MasterKey& key, const FileId& id) {
  const auto stored = TRY(storage.read_all(file_name("snapshots", id), max_snapshot_json));
  const auto json = TRY(unpack_json(key, id, stored, max_snapshot_json));
  return parse_snapshot(id, json);
}

Result<std::vector<PackContents>> read_index(storage::Storage& storage,
                                             const MasterKey& key,
                                             const FileId& id) {
  const auto stored = TRY(storage.read_all(file_name("index", id), max_index_json));
  const auto json = TRY(unpack_json(key, id, stored, max_index_json));
  return parse_index(json);
}

/// Notes a file that could not be read; fails only for what ends everything.
Result<> note(std::vector<BrokenFile>& broken, std::string name, Error error) {
  if (ends_everything(error)) return fail(std::move(error));
  broken.push_back({std::move(name), std::move(error)});
  return {};
}

}  // namespace

Result<std::unique_ptr<Repository>> Repository::open(storage::Storage& storage,
                                                     const Secret& password) {
  const auto sealed =
      TRY(storage.read_all("config", max_config_file).map_error(reaching(Scope::destination)));
  TRY(refuse_old_layout(storage).map_error(in(storage.where())));
  auto tried = TRY(try_keys(storage, password));
  if (!tried.key) return not_opened(storage, std::move(tried));
  const auto named = in(fmt::format("{}: config", storage.where()));
  const auto plain = TRY(open_sealed(*tried.key, sealed).map_error(named));
  const auto config = TRY(parse_config(text_of(plain)).map_error(named));
  return std::unique_ptr<Repository>(new Repository(storage, config, *std::move(tried.key)));
}

Result<std::vector<Snapshot>> Repository::snapshots(std::vector<BrokenFile>& broken) {
  std::vector<Snapshot> all;
  const auto files = TRY(storage_.list("snapshots"));
  for (const auto& file : files) {
    const auto id = id_of_name(file.name);
    if (!id) continue;
    auto snapshot = read_snapshot(storage_, key_, *id);
    if (snapshot) {
      all.push_back(*std::move(snapshot));
    } else if (snapshot.error().cause != Cause::not_found) {  // else somebody forgot it meanwhile
      TRY(note(broken, file_name("snapshots", *id), std::move(snapshot).error()));
    }
  }
  std::sort(all.begin(), all.end(), [](const Snapshot& a, const Snapshot& b) {
    return std::forward_as_tuple(a.instant(), a.time, a.id) <
           std::forward_as_tuple(b.instant(), b.time, b.id);
  });
  return all;
}

Result<> Repository::load_index(std::vector<BrokenFile>& broken) {
  Index index;
  const auto add = [&](const FileId& /*file*/, const std::vector<PackContents>& packs) -> Result<> {
    for (const PackContents& pack : packs) index.add(pack);
    return {};
  };
  TRY(each_index_file(add, broken));
  index_ = std::move(index);
  return {};
}

Result<> Repository::each_index_file(
    const std::function<Result<>(const FileId& file, std::vector<PackContents> packs)>& take,
    std::vector<BrokenFile>& broken) const {
  const auto files = TRY(storage_.list("index"));
  for (const auto& file : files) {
    const auto id = id_of_name(file.name);
    if (!id) continue;
    auto packs = read_index(storage_, key_, *id);
    if (packs) {
      TRY(take(*id, *std::move(packs)));
    } else if (packs.error().cause != Cause::not_found) {  // else it was replaced meanwhile
      TRY(note(broken, file_name("index", *id), std::move(packs).error()));
    }
  }
  return {};
}

Result<Bytes> Repository::read_place(const Index::Found& found) const {
  const auto& place = found.place;
  const auto name = pack_name(found.pack);
  const auto damaged = [&](std::string_view what) {
    return fail(Error{Cause::corrupt,
                      fmt::format("blob {} {}", place.id.hex(), what),
                      fmt::format("pack {}", found.pack.hex()),
                      Scope::asset});
  };
  // No memory for what an index only claims.
  if (place.length > longest_unasked) {
    const auto size = TRY(storage_.size_of(name));
    if (size && std::uint64_t{place.offset} + place.length > size->value)
      return damaged("lies behind its end");
  }
  Bytes sealed(place.length);
  const auto read = storage_.read_part(name, place.offset, sealed);
  if (!read && read.error().cause == Cause::corrupt) return damaged("lies behind its end");
  if (!read) return fail(read.error());
  const auto plain = open_in_place(key_, sealed);
  if (!plain) return damaged("has a broken seal");
  Bytes bytes;
  if (place.plain_length == 0) {
    // The plain bytes lie behind the IV's place: they move to the front.
    std::copy(plain->begin(), plain->end(), sealed.begin());
    sealed.resize(plain->size());
    bytes = std::move(sealed);
  } else {
    auto decompressed =
        decompress(*plain, place.kind == BlobKind::tree ? max_tree_json : max_data_blob);
    if (!decompressed) return damaged("cannot be decompressed");
    bytes = *std::move(decompressed);
  }
  if (crypto::sha256(bytes) != place.id) return damaged("has other bytes than its id says");
  return bytes;
}

Result<Bytes> Repository::read_blob(BlobKind kind, const BlobId& id) const {
  std::optional<Error> first;
  for (const auto& found : index_.find_all(kind, id)) {
    auto bytes = read_place(found);
    if (bytes || ends_everything(bytes.error())) return bytes;
    if (!first) first = std::move(bytes).error();
  }
  if (!first)
    return fail(Cause::not_found,
                "{} {} is in no index",
                kind == BlobKind::tree ? "tree" : "blob",
                id.hex());
  first->cause = Cause::corrupt;
  return fail(*std::move(first));
}

Result<std::vector<Node>> Repository::read_tree(const BlobId& id) const {
  const auto bytes = TRY(read_blob(BlobKind::tree, id));
  return parse_tree(text_of(bytes)).map_error(in(fmt::format("tree {}", id.hex())));
}

}  // namespace keepsake::vault
