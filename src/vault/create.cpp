// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/scrypt.h"
#include "crypto/sha.h"
#include "os/machine.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/config_file.h"
#include "vault/key_file.h"
#include "vault/repository.h"
#include "vault/seal.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::vault {

namespace {

constexpr std::array<std::string_view, 5> folders{"data", "index", "keys", "locks", "snapshots"};

std::string pack_folder(unsigned first_byte) { return fmt::format("data/{:02x}", first_byte); }

Result<bool> has_files(storage::Storage& storage, std::string_view folder) {
  const auto files = TRY(storage.list(folder));
  return std::any_of(files.begin(), files.end(), [](const storage::Listed& file) {
    return id_of_name(file.name).has_value();
  });
}

Result<bool> has_packs(storage::Storage& storage) {
  const auto files = TRY(storage.list_below("data"));
  return std::any_of(files.begin(), files.end(), [](const storage::Listed& file) {
    return id_of_pack(file.name).has_value();
  });
}

/// The names of a folder that are ids, into a running hash.
Result<> add_names(crypto::Sha256& hash, storage::Storage& storage, std::string_view folder) {
  hash.add(bytes_of(folder));
  for (const auto& file : TRY(storage.list(folder)))
    if (id_of_name(file.name)) hash.add(bytes_of(file.name));
  return {};
}

}  // namespace

std::string pack_name(const FileId& id) {
  const auto name = id.hex();
  return fmt::format("data/{}/{}", std::string_view(name).substr(0, 2), name);
}

std::string file_name(std::string_view folder, const FileId& id) {
  return fmt::format("{}/{}", folder, id.hex());
}

std::optional<FileId> id_of_name(std::string_view name) {
  const bool is_lower = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  return is_lower ? FileId::from_hex(name) : std::nullopt;
}

std::optional<FileId> id_of_pack(std::string_view name) {
  const auto slash = name.find('/');
  if (slash != 2 || !name.substr(slash + 1).starts_with(name.substr(0, slash))) return std::nullopt;
  return id_of_name(name.substr(slash + 1));
}

Result<Presence> find_repository(storage::Storage& storage) {
  const auto config = TRY(storage.size_of("config"));
  if (config) return Presence::repository;
  // The second half are the names of very old repositories.
  for (const auto folder : {"keys", "snapshots", "index", "key", "snapshot", "data"})
    if (TRY(has_files(storage, folder))) return Presence::parts;
  if (TRY(has_packs(storage))) return Presence::parts;
  return Presence::nothing;
}

Result<Digest> fingerprint(storage::Storage& storage) {
  const auto config = TRY(storage.read_all("config", max_config_file));
  crypto::Sha256 hash;
  hash.add(crypto::sha256(config).bytes);
  TRY(add_names(hash, storage, "snapshots"));
  TRY(add_names(hash, storage, "index"));
  return hash.finish();
}

Result<> create_repository(storage::Storage& storage,
                           const Secret& password,
                           const crypto::ScryptCost& cost,
                           os::Clock& clock) {
  const auto presence = TRY(find_repository(storage));
  if (presence != Presence::nothing)
    return fail(Error{Cause::conflict,
                      "a repository, or parts of one, are there already",
                      storage.where(),
                      Scope::destination});
  for (const auto folder : folders) TRY(storage.make_folder(folder));
  for (unsigned byte = 0; byte < 256; ++byte) TRY(storage.make_folder(pack_folder(byte)));
  const auto key = MasterKey::random();
  const auto key_file = TRY(lock(key, password, cost));
  const auto key_json = to_json(key_file, clock.now());
  TRY(storage.put(file_name("keys", crypto::sha256(bytes_of(key_json))), bytes_of(key_json)));
  const auto config = to_json(make_config());
  return storage.put("config", seal(key, bytes_of(config)));
}

}  // namespace keepsake::vault
