// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/model.h"

#include "source/binary_plist.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace keepsake::source::photos {

namespace {

constexpr std::size_t most_tables = 4096;
constexpr std::size_t most_columns = 4096;
constexpr std::string_view attributes_table = "ZADDITIONALASSETATTRIBUTES";

/// Core Data's own names have no other letters; what has is not put into SQL.
bool is_plain(std::string_view name) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  return !name.empty() && name.size() <= 128 &&
         name.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

Result<Model> Model::discover(sqlite::Database& database) {
  Model model;
  TRY(model.read_tables(database));
  model.assets_ = model.tables_.contains("ZASSET") ? "ZASSET" : "ZGENERICASSET";
  for (const char* column : {"Z_PK", "ZUUID", "ZDIRECTORY", "ZFILENAME"})
    if (!model.has(model.assets_, column))
      return fail(Cause::corrupt,
                  "its database has no table of photos, or that lacks the column {}: it is no "
                  "database of Photos 5 or later, or it is damaged",
                  column);
  TRY(model.read_version(database));
  TRY(model.find_joins(database));
  model.find_faces();
  return model;
}

/// Only plain tables: a view or a virtual table would run what its maker wrote.
Result<> Model::read_tables(sqlite::Database& database) {
  auto list = TRY(sqlite::Statement::prepare(
      database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"));
  std::vector<std::string> names;
  for (;;) {
    const bool more = TRY(list.step());
    if (!more) break;
    if (is_plain(list.text(0))) names.emplace_back(list.text(0));
    if (names.size() > most_tables)
      return fail(Cause::corrupt, "its database has more tables than Photos makes");
  }
  for (const std::string& name : names)
    if (name.starts_with('Z')) TRY(read_columns(database, name));
  return {};
}

Result<> Model::read_columns(sqlite::Database& database, std::string_view table) {
  auto ask = TRY(sqlite::Statement::prepare(database, fmt::format("PRAGMA table_info({})", table)));
  Columns& columns = tables_[std::string(table)];
  for (;;) {
    const bool more = TRY(ask.step());
    if (!more) return {};
    if (is_plain(ask.text(1))) columns.emplace(ask.text(1));
    if (columns.size() > most_columns)
      return fail(Cause::corrupt, "the table {} has more columns than Photos makes", table);
  }
}

Result<> Model::read_version(sqlite::Database& database) {
  if (!has("Z_METADATA", "Z_PLIST")) return {};
  auto ask = TRY(sqlite::Statement::prepare(database, "SELECT Z_PLIST FROM Z_METADATA LIMIT 1"));
  const bool found = TRY(ask.step());
  if (found) version_ = integer_in_plist(ask.bytes(0), "PLModelVersion");
  return {};
}

/// The names of the tables that connect others are made of their entities' numbers, which change
/// with every model: Z_26ASSETS(Z_26ALBUMS, Z_34ASSETS), Z_1KEYWORDS(Z_1ASSETATTRIBUTES,
/// Z_37KEYWORDS).
Result<> Model::find_joins(sqlite::Database& database) {
  if (!has("Z_PRIMARYKEY", "Z_ENT") || !has("Z_PRIMARYKEY", "Z_NAME")) return {};
  auto ask = TRY(sqlite::Statement::prepare(
      database,
      "SELECT Z_NAME, Z_ENT FROM Z_PRIMARYKEY WHERE Z_NAME IN "
      "('Album', 'Asset', 'GenericAsset', 'Keyword', 'AdditionalAssetAttributes')"));
  std::map<std::string, std::int64_t, std::less<>> entities;
  for (;;) {
    const bool more = TRY(ask.step());
    if (!more) break;
    entities.insert_or_assign(std::string(ask.text(0)), ask.integer(1));
  }
  const auto number = [&](std::string_view entity, std::int64_t otherwise) {
    const auto found = entities.find(entity);
    return found == entities.end() ? otherwise : found->second;
  };
  const auto album = number("Album", -1);
  const auto asset = number(assets_ == "ZASSET" ? "Asset" : "GenericAsset", -1);
  const auto keyword = number("Keyword", -1);
  const auto attributes = number("AdditionalAssetAttributes", 1);
  if (has("ZGENERICALBUM", "Z_PK") && has("ZGENERICALBUM", "ZKIND"))
    album_members_ = join(fmt::format("Z_{}ASSETS", album),
                          fmt::format("Z_{}ALBUMS", album),
                          fmt::format("Z_{}ASSETS", asset));
  if (has("ZKEYWORD", "Z_PK") && has("ZKEYWORD", "ZTITLE") && has(attributes_table, "Z_PK") &&
      has(attributes_table, "ZASSET"))
    keywords_ = join(fmt::format("Z_{}KEYWORDS", attributes),
                     fmt::format("Z_{}ASSETATTRIBUTES", attributes),
                     fmt::format("Z_{}KEYWORDS", keyword));
  return {};
}

void Model::find_faces() {
  constexpr std::string_view table = "ZDETECTEDFACE";
  if (!has("ZPERSON", "Z_PK") || !has("ZPERSON", "ZFULLNAME")) return;
  for (const auto& [asset, person] :
       {std::pair("ZASSETFORFACE", "ZPERSONFORFACE"), std::pair("ZASSET", "ZPERSON")})
    if (!faces_) faces_ = join(std::string(table), asset, person);
}

std::vector<std::string> Model::lost() const {
  std::vector<std::string> lost;
  if (!has(attributes_table, "ZASSET") || !has(attributes_table, "ZORIGINALFILENAME"))
    lost.emplace_back("names and titles");
  if (!album_members_) lost.emplace_back("albums");
  if (!keywords_) lost.emplace_back("keywords");
  if (!faces_) lost.emplace_back("people");
  if (!has("ZINTERNALRESOURCE", "ZASSET") || !has("ZINTERNALRESOURCE", "Z_PK"))
    lost.emplace_back("RAW halves, and which files are only in iCloud");
  return lost;
}

std::optional<Join> Model::join(std::string table, std::string from, std::string to) const {
  if (!has(table, from) || !has(table, to)) return std::nullopt;
  return Join{std::move(table), std::move(from), std::move(to)};
}

bool Model::has(std::string_view table, std::string_view column) const {
  const auto found = tables_.find(table);
  return found != tables_.end() && found->second.contains(column);
}

std::string Model::column(std::string_view table,
                          std::string_view alias,
                          std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names)
    if (has(table, name)) return fmt::format("{}.{}", alias, name);
  return "NULL";
}

}  // namespace keepsake::source::photos
