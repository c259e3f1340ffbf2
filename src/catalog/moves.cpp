// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/moves.h"

#include "catalog/connection.h"
#include "catalog/noting.h"

#include <algorithm>
#include <set>

namespace keepsake::catalog {

namespace {

// CROSS JOIN keeps SQLite to this order: from the one content or checksum on.
constexpr std::string_view select_by_content =
    "SELECT a.id FROM content c CROSS JOIN version v ON v.content = c.id "
    "CROSS JOIN rendition r ON r.id = v.rendition CROSS JOIN asset a ON a.id = r.asset "
    "WHERE c.sha256 = ?3 AND a.source = ?1 AND a.gone_at IS NOT NULL AND r.role = 'original' "
    "AND v.superseded_at IS NULL AND EXISTS (SELECT 1 FROM path p WHERE p.version = v.id) "
    "ORDER BY a.name <> ?2, a.id LIMIT 1";

constexpr std::string_view select_by_checksum =
    "SELECT a.id FROM version v CROSS JOIN rendition r ON r.id = v.rendition "
    "CROSS JOIN asset a ON a.id = r.asset WHERE v.claimed_checksum = ?3 AND v.source_version = ?4 "
    "AND v.apple_checksum = v.claimed_checksum AND v.content IS NOT NULL "
    "AND a.source = ?1 AND a.gone_at IS NOT NULL AND r.role = 'original' "
    "AND v.superseded_at IS NULL AND EXISTS (SELECT 1 FROM path p WHERE p.version = v.id) "
    "ORDER BY a.name <> ?2, a.id LIMIT 1";

template <class... Values>
Result<std::optional<photo::Account>> find(Catalog& catalog,
                                           std::string_view sql,
                                           const Values&... values) {
  Connection& connection = catalog.connection();
  const auto lock = connection.lock();
  const auto row = TRY(connection.number(sql, values...));
  if (!row) return std::nullopt;
  return load_account(connection, *row);
}

const photo::Rendition* with_key(const photo::Account& account, std::string_view key) {
  for (const photo::Rendition& rendition : account.asset.renditions)
    if (rendition.key == key) return &rendition;
  return nullptr;
}

/// The file bears the key and name that its source has for it now.
Result<> rename_file(Connection& connection, std::int64_t file, const photo::Rendition& as) {
  return connection.run("UPDATE rendition SET key = ?, name = ? WHERE id = ?",
                        bytes_of(as.key),
                        bytes_of(as.name),
                        file);
}

/// Its bytes are known to be those of before, whatever the source calls that state.
Result<> carry_over(Connection& connection, std::int64_t file, const photo::Rendition& as) {
  TRY(rename_file(connection, file, as));
  return connection.run(
      "UPDATE version SET source_version = ?2, modified = ?3, claimed_checksum = ?4 "
      "WHERE superseded_at IS NULL AND rendition = ?1",
      file,
      as.source_version,
      stored(as.modified),
      stored(as.apple_checksum));
}

/// What is not the same goes on from a file of its role, in their order.
Result<> rename_others(Connection& connection,
                       const photo::Account& gone,
                       const photo::Account& arrived,
                       std::span<const SameFile> same) {
  std::set<std::int64_t> used;
  std::set<std::string_view> found;
  for (const SameFile& file : same) {
    used.insert(file.file);
    found.insert(file.key);
  }
  for (const photo::Rendition& rendition : arrived.asset.renditions) {
    if (found.contains(rendition.key)) continue;
    const auto before = std::find_if(gone.files.begin(), gone.files.end(), [&](const auto& file) {
      return file.role == rendition.role && file.current() != nullptr && !used.contains(file.row);
    });
    if (before == gone.files.end()) continue;
    used.insert(before->row);
    TRY(rename_file(connection, before->row, rendition));
  }
  return {};
}

}  // namespace

Result<std::optional<photo::Account>> gone_with(Catalog& catalog,
                                                std::int64_t source,
                                                const Digest& original,
                                                std::string_view name) {
  return find(catalog, select_by_content, source, bytes_of(name), ByteView(original.bytes));
}

Result<std::optional<photo::Account>> gone_with(Catalog& catalog,
                                                std::int64_t source,
                                                const photo::Rendition& original,
                                                std::string_view name) {
  if (!original.apple_checksum) return std::nullopt;
  return find(catalog,
              select_by_checksum,
              source,
              bytes_of(name),
              stored(original.apple_checksum),
              original.source_version);
}

Result<> go_on_as(Catalog& catalog,
                  std::int64_t source,
                  const photo::Account& gone,
                  const photo::Account& arrived,
                  std::span<const SameFile> same) {
  auto noting = TRY(Noting::begin(catalog, source));
  Connection& connection = catalog.connection();
  TRY(connection.run("DELETE FROM asset WHERE id = ?", arrived.row));
  TRY(
      connection.run("UPDATE asset SET moved_from_library = library, moved_from_id = source_id, "
                     "library = ?, source_id = ? WHERE id = ?",
                     bytes_of(arrived.asset.key.library),
                     bytes_of(arrived.asset.key.id),
                     gone.row));
  for (const SameFile& file : same) {
    const photo::Rendition* as = with_key(arrived, file.key);
    expect(as != nullptr, "the arrived photo has the file");
    TRY(carry_over(connection, file.file, *as));
  }
  TRY(rename_others(connection, gone, arrived, same));
  TRY(noting->put(arrived.asset));
  return noting->commit();
}

}  // namespace keepsake::catalog
