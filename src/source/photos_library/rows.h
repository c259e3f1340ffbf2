// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "photo/asset.h"
#include "source/photos_library/model.h"
#include "sqlite/database.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What the database says, row by row, before anybody asks what it means.
namespace keepsake::source::photos {

/// A file as the database knows it (ZINTERNALRESOURCE).
struct Resource {
  std::int64_t type = -1;        ///< 0 still, 1 video, 3 Live video, 4 RAW, 5 recipe or sidecar
  std::int64_t version = -1;     ///< 0 as taken, 2 edited, 3 preview
  std::int64_t data_store = -1;  ///< 0 the library, 2 shared albums
  std::int64_t subtype =
      -1;  ///< 1 original, 2 render, 3 shared copy, 9 XMP, 17 RAW, 18 Live, 22 AAE
  bool is_local = false;
  bool is_remote = false;
  std::int64_t size = 0;
  std::optional<AppleChecksum> checksum;
  std::string format;  ///< Apple's identifier of its format, or the number that stands for it
};

/// A row of ZASSET with the rows that belong to it.
struct AssetRow {
  std::int64_t row = 0;  ///< Z_PK
  std::string uuid;
  std::optional<std::string> directory;
  std::string file_name;
  std::int64_t kind = 0;          ///< 1 video
  std::int64_t sub_kind = 0;      ///< 2 Live Photo, 101 slow motion
  std::optional<double> created;  ///< seconds since 2001, UTC
  std::optional<double> adjusted;
  std::optional<double> latitude;
  std::optional<double> longitude;
  bool favorite = false;
  bool hidden = false;
  bool trashed = false;
  std::int64_t saved_as = 0;  ///< 3 copied in, 4 shared album, 6 iCloud, 10 left where it was
  std::optional<std::int64_t> adjustment;  ///< 0 none, 1 and 2 edited, 3 slow motion as taken
  std::optional<std::string> burst;
  bool is_shared_item = false;  ///< of a shared album
  bool in_shared_library = false;
  bool in_cloud = false;
  bool from_message = false;  ///< Shared with You, and not saved to the library
  bool of_shared_moment = false;
  std::optional<std::string> type_identifier;  ///< of what is shown now, not of the original
  std::optional<std::string> original_name;
  std::optional<std::string> title;
  std::optional<std::string> caption;
  std::optional<std::string> zone_name;
  std::optional<std::int64_t> zone_offset;  ///< seconds
  std::optional<std::int64_t> inferred_zone_offset;
  std::optional<AppleChecksum> checksum;  ///< of the original
  std::optional<std::string> camera_make;
  std::optional<std::string> camera_model;

  std::vector<std::int64_t> albums;
  std::vector<std::string> keywords;
  std::vector<std::string> people;
  std::vector<Resource> resources;
};

struct AlbumRow {
  photo::AlbumPath path;
  std::string guid;  ///< of a shared album
  bool is_shared = false;
};

/// Reads rows in pages; memory does not grow with the library but with its albums.
class Rows {
 public:
  /// The model must stay where it is.
  static Result<Rows> open(sqlite::Database& database, const Model& model);

  /// The next assets in the order of their row numbers; an empty page is the end.
  Result<std::vector<AssetRow>> next_page();

  /// User and shared albums that are not in the bin, by their row numbers.
  [[nodiscard]] const std::map<std::int64_t, AlbumRow>& albums() const { return albums_; }

 private:
  Rows(sqlite::Database& database, const Model& model) : database_(&database), model_(&model) {}

  Result<> read_albums();
  Result<> prepare();
  using Page = std::map<std::int64_t, AssetRow*>;
  Result<> add_albums(const Page& page);
  Result<> add_keywords(const Page& page);
  Result<> add_people(const Page& page);
  Result<> add_resources(const Page& page);
  Result<std::string> name_of_person(std::int64_t person);

  sqlite::Database* database_;
  const Model* model_;
  std::map<std::int64_t, AlbumRow> albums_;
  std::optional<sqlite::Statement> assets_;
  std::optional<sqlite::Statement> members_;
  std::optional<sqlite::Statement> keywords_;
  std::optional<sqlite::Statement> faces_;
  std::optional<sqlite::Statement> person_;
  std::optional<sqlite::Statement> resources_;
  std::int64_t last_ = INT64_MIN;
};

}  // namespace keepsake::source::photos
