// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/check_files.h"

#include "base/bytes.h"
#include "base/cause.h"
#include "base/result.h"
#include "base/text.h"
#include "crypto/scrypt.h"
#include "crypto/sha.h"
#include "storage/storage.h"
#include "vault/blob.h"
#include "vault/check.h"
#include "vault/config_file.h"
#include "vault/key_file.h"
#include "vault/lock_file.h"
#include "vault/repository.h"
#include "vault/unpacked.h"

#include <fmt/core.h>

#include <map>
#include <string_view>

namespace keepsake::vault {

namespace {

constexpr std::size_t most_stray_names = 100;

void note_stray(CheckReport& report, std::string_view folder, const storage::Listed& file) {
  if (report.notes.size() < most_stray_names)
    report.notes.push_back(fmt::format("{}{}{} is no part of the repository",
                                       folder,
                                       folder.empty() ? "" : "/",
                                       shown(file.name)));
}

Result<> check_key(storage::Storage& storage, const FileId& id) {
  const auto text = TRY(storage.read_all(file_name("keys", id), max_key_file));
  if (crypto::sha256(text) != id)
    return fail(Cause::corrupt, "its bytes are not those that its name is the sum of");
  const auto file = TRY(parse_key_file(text_of(text)));
  if (file.sealed.size() <= seal_overhead) return fail(Cause::corrupt, "it holds no key");
  return crypto::check(file.cost);
}

Result<> check_lock(const Repository& repository, const FileId& id) {
  const auto stored = TRY(repository.storage().read_all(file_name("locks", id), max_lock_json));
  const auto json = TRY(unpack_json(repository.key(), id, stored, max_lock_json));
  const auto lock = parse_lock(json);
  if (!lock) return fail(lock.error());
  return {};
}

Result<> check_keys(const Repository& repository, CheckReport& report) {
  const auto files = TRY(repository.storage().list("keys"));
  for (const auto& file : files) {
    const auto id = id_of_name(file.name);
    if (!id) {
      note_stray(report, "keys", file);
      continue;
    }
    auto checked = check_key(repository.storage(), *id);
    if (!checked && checked.error().cause == Cause::absent) return checked;
    if (!checked && checked.error().cause != Cause::not_found)
      report.findings.push_back({.kind = Finding::Kind::damaged,
                                 .thing = fmt::format("key {}", id->hex()),
                                 .message = checked.error().message()});
  }
  return {};
}

Result<> check_locks(const Repository& repository, CheckReport& report) {
  const auto files = TRY(repository.storage().list("locks"));
  for (const auto& file : files) {
    const auto id = id_of_name(file.name);
    if (!id) {
      note_stray(report, "locks", file);
    } else if (file.size.value == 0) {
      report.notes.push_back(
          fmt::format("lock {} is empty: its writer was interrupted", id->hex()));
    } else if (const auto checked = check_lock(repository, *id); !checked) {
      if (checked.error().cause == Cause::absent) return checked;
      if (checked.error().cause != Cause::not_found)
        report.notes.push_back(fmt::format("lock {}: {}", id->hex(), checked.error().message()));
    }
  }
  return {};
}

Result<> note_strays(const Repository& repository, CheckReport& report) {
  for (const std::string_view folder : {"", "index", "snapshots"}) {
    const auto files = TRY(repository.storage().list(folder));
    for (const auto& file : files) {
      const bool belongs =
          folder.empty() ? file.name == "config" : id_of_name(file.name).has_value();
      if (!belongs) note_stray(report, folder, file);
    }
  }
  return {};
}

}  // namespace

Result<> check_files(const Repository& repository, CheckReport& report) {
  TRY(note_strays(repository, report));
  TRY(check_keys(repository, report));
  TRY(check_locks(repository, report));
  if (!is_irreducible(repository.config().chunker_polynomial))
    report.findings.push_back(
        {.kind = Finding::Kind::damaged,
         .thing = "config",
         .message = "its chunker polynomial can be factored, which restic refuses"});
  return {};
}

Result<std::map<FileId, ByteCount>> list_packs(storage::Storage& storage, CheckReport& report) {
  std::map<FileId, ByteCount> packs;
  for (const auto& file : TRY(storage.list_below("data"))) {
    if (const auto id = id_of_pack(file.name))
      packs.emplace(*id, file.size);
    else
      note_stray(report, "data", file);
  }
  return packs;
}

}  // namespace keepsake::vault
