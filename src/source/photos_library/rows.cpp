// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/photos_library/rows.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace keepsake::source::photos {

namespace {

using sqlite::Statement;

constexpr std::int64_t page = 256;               // assets read at once
constexpr std::size_t most_related = 1U << 20U;  // rows of one kind that belong to one page
constexpr std::size_t most_text = 1U << 20U;     // bytes of a caption; longer ones are no captions
constexpr int deepest_folder = 64;
constexpr int most_merges = 16;

constexpr std::int64_t user_album = 2;
constexpr std::int64_t shared_album = 1505;
constexpr std::int64_t user_folder = 4000;

/// Text as every room expects it: UTF-8, and absent rather than empty.
std::optional<std::string> text_in(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  const auto text = row.text(column);
  if (text.empty() || text.size() > most_text) return std::nullopt;
  return is_utf8(text) ? std::string(text) : shown(text);
}

/// A file's name, byte for byte.
std::optional<std::string> name_in(const Statement& row, int column) {
  constexpr std::size_t longest_name = 1024;
  if (row.is_null(column)) return std::nullopt;
  const auto name = row.text(column);
  if (name.empty() || name.size() > longest_name) return std::nullopt;
  return std::string(name);
}

std::optional<double> real_in(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.real(column));
}

std::optional<std::int64_t> integer_in(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

Result<> each(Statement& statement, const std::function<void(const Statement&)>& take) {
  for (std::size_t count = 0;; ++count) {
    const bool more = TRY(statement.step());
    if (!more) return {};
    if (count == most_related)
      return fail(Cause::corrupt, "its database has more rows of one photo than can be");
    take(statement);
  }
}

/// Columns in the order in which they are asked for.
class Columns {
 public:
  int add(std::string column) {
    columns_.push_back(std::move(column));
    return static_cast<int>(columns_.size()) - 1;
  }

  [[nodiscard]] std::string text() const {
    std::string text;
    for (const std::string& column : columns_) text += (text.empty() ? "" : ", ") + column;
    return text;
  }

 private:
  std::vector<std::string> columns_;
};

}  // namespace

Result<Rows> Rows::open(sqlite::Database& database, const Model& model) {
  Rows rows(database, model);
  TRY(rows.read_albums());
  TRY(rows.prepare());
  return rows;
}

/// A user's album or folder whose folders are a chain up to the root, none of them in the bin.
Result<> Rows::read_albums() {
  struct Found {
    std::int64_t kind = 0;
    std::string title;
    std::int64_t parent = 0;
    bool trashed = false;
    std::string guid;
  };

  constexpr std::string_view table = "ZGENERICALBUM";
  if (!model_->has(table, "Z_PK") || !model_->has(table, "ZKIND")) return {};
  const auto column = [&](std::initializer_list<std::string_view> names) {
    return model_->column(table, "g", names);
  };
  auto ask = TRY(Statement::prepare(
      *database_,
      fmt::format("SELECT g.Z_PK, g.ZKIND, {}, {}, {}, coalesce({}, {}) FROM {} g "
                  "WHERE g.ZKIND IN ({}, {}, {})",
                  column({"ZTITLE"}),
                  column({"ZPARENTFOLDER"}),
                  column({"ZTRASHEDSTATE"}),
                  column({"ZCLOUDGUID"}),
                  column({"ZUUID"}),
                  table,
                  user_album,
                  shared_album,
                  user_folder)));
  std::map<std::int64_t, Found> all;
  TRY(each(ask, [&](const Statement& row) {
    all[row.integer(0)] = {row.integer(1),
                           text_in(row, 2).value_or(""),
                           row.integer(3),
                           row.integer(4) != 0,
                           name_in(row, 5).value_or("")};
  }));
  for (const auto& [number, album] : all) {
    if (album.kind == user_folder) continue;
    std::vector<std::string> parts{album.title};
    bool trashed = album.trashed;
    auto above = all.find(album.parent);
    // Deeper than Photos can nest is a circle: the album is then shown without those folders.
    for (int depth = 0; above != all.end() && depth < deepest_folder; ++depth) {
      if (above->second.kind != user_folder) break;
      trashed = trashed || above->second.trashed;
      parts.push_back(above->second.title);
      above = all.find(above->second.parent);
    }
    if (static_cast<int>(parts.size()) > deepest_folder) parts = {album.title};
    std::reverse(parts.begin(), parts.end());
    if (!trashed) albums_[number] = {{std::move(parts)}, album.guid, album.kind == shared_album};
  }
  return {};
}

namespace {

/// Where in a row of the assets' query each value stands. `t` are an asset's additional attributes,
/// `d` its caption, `e` what was read from its file.
struct AssetColumns {
  explicit AssetColumns(const Model& asked) : model(asked) {}

  int asset(std::initializer_list<std::string_view> names) {
    return columns.add(model.column(model.assets(), "a", names));
  }

  int attribute(std::initializer_list<std::string_view> names) {
    return columns.add(model.column("ZADDITIONALASSETATTRIBUTES", "t", names));
  }

  int caption_text() {
    return columns.add(has_captions() ? model.column("ZASSETDESCRIPTION", "d", {"ZLONGDESCRIPTION"})
                                      : "NULL");
  }

  int extended(std::initializer_list<std::string_view> names) {
    return columns.add(model.column("ZEXTENDEDATTRIBUTES", "e", names));
  }

  [[nodiscard]] bool has_captions() const {
    return model.has("ZADDITIONALASSETATTRIBUTES", "ZASSETDESCRIPTION") &&
           model.has("ZASSETDESCRIPTION", "Z_PK");
  }

  [[nodiscard]] std::string sql() const {
    std::string from = fmt::format("{} a", model.assets());
    if (model.has("ZADDITIONALASSETATTRIBUTES", "ZASSET"))
      from += " LEFT JOIN ZADDITIONALASSETATTRIBUTES t ON t.ZASSET = a.Z_PK";
    if (has_captions()) from += " LEFT JOIN ZASSETDESCRIPTION d ON d.Z_PK = t.ZASSETDESCRIPTION";
    if (model.has("ZEXTENDEDATTRIBUTES", "ZASSET"))
      from += " LEFT JOIN ZEXTENDEDATTRIBUTES e ON e.ZASSET = a.Z_PK";
    return fmt::format(
        "SELECT {} FROM {} WHERE a.Z_PK > ? ORDER BY a.Z_PK LIMIT {}", columns.text(), from, page);
  }

  const Model& model;
  Columns columns;
  int row = asset({"Z_PK"});
  int uuid = asset({"ZUUID"});
  int directory = asset({"ZDIRECTORY"});
  int file_name = asset({"ZFILENAME"});
  int kind = asset({"ZKIND"});
  int sub_kind = asset({"ZKINDSUBTYPE"});
  int created = asset({"ZDATECREATED"});
  int adjusted = asset({"ZADJUSTMENTTIMESTAMP"});
  int latitude = asset({"ZLATITUDE"});
  int longitude = asset({"ZLONGITUDE"});
  int favorite = asset({"ZFAVORITE"});
  int hidden = asset({"ZHIDDEN"});
  int trashed = asset({"ZTRASHEDSTATE"});
  int saved_as = asset({"ZSAVEDASSETTYPE"});
  int adjustment = asset({"ZADJUSTMENTSSTATE", "ZHASADJUSTMENTS"});
  int burst = asset({"ZAVALANCHEUUID"});
  int published = asset({"ZCLOUDBATCHPUBLISHDATE"});
  int participation = asset({"ZACTIVELIBRARYSCOPEPARTICIPATIONSTATE"});
  int cloud_state = asset({"ZCLOUDLOCALSTATE"});
  int cloud_guid = asset({"ZCLOUDASSETGUID"});
  int moment_share = asset({"ZMOMENTSHARE"});
  int type_identifier = asset({"ZUNIFORMTYPEIDENTIFIER"});
  int original_name = attribute({"ZORIGINALFILENAME"});
  int title = attribute({"ZTITLE"});
  int caption = caption_text();
  int zone_name = attribute({"ZTIMEZONENAME"});
  int zone_offset = attribute({"ZTIMEZONEOFFSET"});
  int inferred_zone_offset = attribute({"ZINFERREDTIMEZONEOFFSET"});
  int checksum = attribute({"ZORIGINALSTABLEHASH", "ZMASTERFINGERPRINT"});
  int message = attribute({"ZSYNDICATIONIDENTIFIER"});
  int message_history = attribute({"ZSYNDICATIONHISTORY"});
  int camera_make = extended({"ZCAMERAMAKE"});
  int camera_model = extended({"ZCAMERAMODEL"});
};

/// Newer models write a short form of the format's identifier, older ones point at it.
std::string format_column(const Model& model) {
  constexpr std::string_view table = "ZINTERNALRESOURCE";
  constexpr std::string_view formats = "ZUNIFORMTYPEIDENTIFIER";
  if (model.has(table, "ZCOMPACTUTI")) return "r.ZCOMPACTUTI";
  if (!model.has(table, formats) || !model.has(formats, "ZIDENTIFIER")) return "NULL";
  return fmt::format("(SELECT u.ZIDENTIFIER FROM {0} u WHERE u.Z_PK = r.{0})", formats);
}

std::optional<AppleChecksum> checksum_in(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : apple_checksum_in(row.text(column));
}

AssetRow asset_in(const Statement& row, const AssetColumns& at) {
  constexpr std::int64_t shared_item = 4;
  AssetRow asset;
  asset.row = row.integer(at.row);
  asset.uuid = name_in(row, at.uuid).value_or("");
  asset.directory = name_in(row, at.directory);
  asset.file_name = name_in(row, at.file_name).value_or("");
  asset.kind = row.integer(at.kind);
  asset.sub_kind = row.integer(at.sub_kind);
  asset.created = real_in(row, at.created);
  asset.adjusted = real_in(row, at.adjusted);
  asset.latitude = real_in(row, at.latitude);
  asset.longitude = real_in(row, at.longitude);
  asset.favorite = row.integer(at.favorite) != 0;
  asset.hidden = row.integer(at.hidden) != 0;
  asset.trashed = row.integer(at.trashed) != 0;
  asset.saved_as = row.integer(at.saved_as);
  asset.adjustment = integer_in(row, at.adjustment);
  asset.burst = text_in(row, at.burst);
  asset.is_shared_item = !row.is_null(at.published) || asset.saved_as == shared_item;
  asset.in_shared_library = row.integer(at.participation) == 1;
  asset.in_cloud = row.integer(at.cloud_state) == 1 && !row.is_null(at.cloud_guid);
  asset.from_message = !row.is_null(at.message) && row.integer(at.message_history) == 0;
  asset.of_shared_moment = !row.is_null(at.moment_share);
  asset.type_identifier = text_in(row, at.type_identifier);
  asset.original_name = name_in(row, at.original_name);
  asset.title = text_in(row, at.title);
  asset.caption = text_in(row, at.caption);
  asset.zone_name = text_in(row, at.zone_name);
  asset.zone_offset = integer_in(row, at.zone_offset);
  asset.inferred_zone_offset = integer_in(row, at.inferred_zone_offset);
  asset.checksum = checksum_in(row, at.checksum);
  asset.camera_make = text_in(row, at.camera_make);
  asset.camera_model = text_in(row, at.camera_model);
  return asset;
}

}  // namespace

Result<> Rows::prepare() {
  const auto prepared = [&](std::optional<Statement>& statement,
                            const std::string& sql) -> Result<> {
    statement = TRY(Statement::prepare(*database_, sql));
    return {};
  };
  TRY(prepared(assets_, AssetColumns(*model_).sql()));
  if (const auto& join = model_->album_members())
    TRY(prepared(members_,
                 fmt::format("SELECT j.{0}, j.{1} FROM {2} j WHERE j.{0} BETWEEN ? AND ?",
                             join->to,
                             join->from,
                             join->table)));
  if (const auto& join = model_->keywords())
    TRY(prepared(keywords_,
                 fmt::format("SELECT t.ZASSET, k.ZTITLE FROM ZADDITIONALASSETATTRIBUTES t "
                             "JOIN {} j ON j.{} = t.Z_PK JOIN ZKEYWORD k ON k.Z_PK = j.{} "
                             "WHERE t.ZASSET BETWEEN ? AND ?",
                             join->table,
                             join->from,
                             join->to)));
  if (const auto& join = model_->faces()) {
    TRY(prepared(faces_,
                 fmt::format("SELECT f.{0}, f.{1} FROM {2} f WHERE f.{0} BETWEEN ? AND ? AND f.{1} "
                             "IS NOT NULL",
                             join->from,
                             join->to,
                             join->table)));
    TRY(prepared(person_,
                 fmt::format("SELECT p.ZFULLNAME, {} FROM ZPERSON p WHERE p.Z_PK = ?",
                             model_->column("ZPERSON", "p", {"ZMERGETARGETPERSON"}))));
  }
  if (!model_->has("ZINTERNALRESOURCE", "ZASSET") || !model_->has("ZINTERNALRESOURCE", "Z_PK"))
    return {};
  const auto column = [&](std::initializer_list<std::string_view> names) {
    return model_->column("ZINTERNALRESOURCE", "r", names);
  };
  return prepared(resources_,
                  fmt::format("SELECT r.ZASSET, {}, {}, {}, {}, {}, {}, {}, coalesce({}, {}), "
                              "{} FROM ZINTERNALRESOURCE r WHERE r.ZASSET BETWEEN ? AND ? "
                              "ORDER BY r.ZASSET, r.Z_PK",
                              column({"ZRESOURCETYPE"}),
                              column({"ZVERSION"}),
                              column({"ZDATASTORECLASSID"}),
                              column({"ZDATASTORESUBTYPE"}),
                              column({"ZLOCALAVAILABILITY"}),
                              column({"ZREMOTEAVAILABILITY"}),
                              column({"ZDATALENGTH"}),
                              column({"ZSTABLEHASH"}),
                              column({"ZFINGERPRINT"}),
                              format_column(*model_)));
}

Result<std::vector<AssetRow>> Rows::next_page() {
  const AssetColumns at(*model_);
  std::vector<AssetRow> assets;
  if (!assets_) return assets;
  TRY(assets_->bind(last_));
  TRY(each(*assets_, [&](const Statement& row) {
    // Attributes that a damaged database has twice are taken once.
    if (assets.empty() || assets.back().row != row.integer(at.row))
      assets.push_back(asset_in(row, at));
  }));
  if (assets.empty()) return assets;
  last_ = assets.back().row;
  Page page_rows;
  for (AssetRow& asset : assets) page_rows[asset.row] = &asset;
  TRY(add_albums(page_rows));
  TRY(add_keywords(page_rows));
  TRY(add_people(page_rows));
  TRY(add_resources(page_rows));
  return assets;
}

Result<> Rows::add_albums(const Page& page_rows) {
  if (!members_) return {};
  TRY(members_->bind(page_rows.begin()->first, page_rows.rbegin()->first));
  return each(*members_, [&](const Statement& row) {
    const auto asset = page_rows.find(row.integer(0));
    if (asset != page_rows.end()) asset->second->albums.push_back(row.integer(1));
  });
}

Result<> Rows::add_keywords(const Page& page_rows) {
  if (!keywords_) return {};
  TRY(keywords_->bind(page_rows.begin()->first, page_rows.rbegin()->first));
  return each(*keywords_, [&](const Statement& row) {
    const auto asset = page_rows.find(row.integer(0));
    auto word = text_in(row, 1);
    if (asset != page_rows.end() && word) asset->second->keywords.push_back(*std::move(word));
  });
}

Result<> Rows::add_people(const Page& page_rows) {
  if (!faces_) return {};
  std::vector<std::pair<AssetRow*, std::int64_t>> faces;
  TRY(faces_->bind(page_rows.begin()->first, page_rows.rbegin()->first));
  TRY(each(*faces_, [&](const Statement& row) {
    const auto asset = page_rows.find(row.integer(0));
    if (asset != page_rows.end()) faces.emplace_back(asset->second, row.integer(1));
  }));
  for (const auto& [asset, person] : faces) {
    auto name = TRY(name_of_person(person));
    if (!name.empty()) asset->people.push_back(std::move(name));
  }
  return {};
}

/// A row without a name may have been merged into another.
Result<std::string> Rows::name_of_person(std::int64_t person) {
  if (!person_) return std::string();
  for (int merges = 0; merges < most_merges; ++merges) {
    TRY(person_->bind(person));
    const bool found = TRY(person_->step());
    if (!found) break;
    if (auto name = text_in(*person_, 0)) return *std::move(name);
    if (person_->is_null(1)) break;
    person = person_->integer(1);
  }
  return std::string();
}

Result<> Rows::add_resources(const Page& page_rows) {
  if (!resources_) return {};
  TRY(resources_->bind(page_rows.begin()->first, page_rows.rbegin()->first));
  return each(*resources_, [&](const Statement& row) {
    const auto asset = page_rows.find(row.integer(0));
    if (asset == page_rows.end()) return;
    Resource resource;
    resource.type = integer_in(row, 1).value_or(-1);
    resource.version = integer_in(row, 2).value_or(-1);
    resource.data_store = integer_in(row, 3).value_or(-1);
    resource.subtype = integer_in(row, 4).value_or(-1);
    resource.is_local = row.integer(5) == 1;
    resource.is_remote = row.integer(6) == 1;
    resource.size = row.integer(7);
    resource.checksum = checksum_in(row, 8);
    resource.format = text_in(row, 9).value_or("");
    asset->second->resources.push_back(resource);
  });
}

}  // namespace keepsake::source::photos
