// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "sqlite/database.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What a library's database looks like. Every release of Photos renames tables and columns, so
/// nothing is taken for granted: the database is asked.
namespace keepsake::source::photos {

/// The newest model that was tried; of a newer one it is not known what changed its meaning.
constexpr std::int64_t newest_tried_model = 19320;  // macOS 26.1

/// A table that connects two others, row by row.
struct Join {
  std::string table;
  std::string from;  ///< column
  std::string to;    ///< column
};

class Model {
 public:
  /// Causes: corrupt where what every library has is missing.
  static Result<Model> discover(sqlite::Database& database);

  /// Core Data's number of the model; nothing where it cannot be read.
  [[nodiscard]] const std::optional<std::int64_t>& version() const { return version_; }

  /// ZASSET, in Photos 5 ZGENERICASSET.
  [[nodiscard]] const std::string& assets() const { return assets_; }

  [[nodiscard]] bool has(std::string_view table, std::string_view column) const;

  /// The first of these columns that the table has, as `alias.COLUMN`; else `NULL`.
  [[nodiscard]] std::string column(std::string_view table,
                                   std::string_view alias,
                                   std::initializer_list<std::string_view> names) const;

  /// Album -> asset, and additional attributes -> keyword; nothing where they were not found.
  [[nodiscard]] const std::optional<Join>& album_members() const { return album_members_; }

  [[nodiscard]] const std::optional<Join>& keywords() const { return keywords_; }

  /// Face -> person, by their columns of ZDETECTEDFACE: asset and person.
  [[nodiscard]] const std::optional<Join>& faces() const { return faces_; }

  /// What of a library cannot be read in this model, in plain words.
  [[nodiscard]] std::vector<std::string> lost() const;

 private:
  Result<> read_tables(sqlite::Database& database);
  Result<> read_columns(sqlite::Database& database, std::string_view table);
  Result<> read_version(sqlite::Database& database);
  Result<> find_joins(sqlite::Database& database);
  void find_faces();
  [[nodiscard]] std::optional<Join> join(std::string table, std::string from, std::string to) const;

  using Columns = std::set<std::string, std::less<>>;

  std::optional<std::int64_t> version_;
  std::string assets_;
  std::map<std::string, Columns, std::less<>> tables_;
  std::optional<Join> album_members_;
  std::optional<Join> keywords_;
  std::optional<Join> faces_;
};

}  // namespace keepsake::source::photos
