// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "crypto/sha.h"
#include "sqlite/database.h"
#include "tests/support/plist.h"
#include "tests/support/temp_folder.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace keepsake::tests {

/// A made-up Photos library, of the first model that can be read or of a new one. Its database
/// stays open, as Photos has it: what was written last is only in the log beside it.
class PhotosBundle {
 public:
  enum class Shape { photos_5, newer };

  explicit PhotosBundle(Shape shape, std::uint32_t model = 0)
      : shape_(shape), database_(opened(folder_)) {
    const bool old = shape == Shape::photos_5;
    run(fmt::format(
        "CREATE TABLE Z_METADATA(Z_VERSION INTEGER, Z_UUID TEXT, Z_PLIST BLOB);"
        "CREATE TABLE Z_PRIMARYKEY(Z_ENT INTEGER PRIMARY KEY, Z_NAME TEXT, Z_SUPER INTEGER, Z_MAX "
        "INTEGER);"
        "CREATE TABLE {assets}(Z_PK INTEGER PRIMARY KEY, ZUUID TEXT, ZDIRECTORY TEXT, ZFILENAME "
        "TEXT, ZKIND INTEGER, ZKINDSUBTYPE INTEGER, ZUNIFORMTYPEIDENTIFIER TEXT, ZDATECREATED "
        "REAL, "
        "ZADJUSTMENTTIMESTAMP REAL, ZLATITUDE REAL, ZLONGITUDE REAL, ZFAVORITE INTEGER, ZHIDDEN "
        "INTEGER, ZTRASHEDSTATE INTEGER, ZSAVEDASSETTYPE INTEGER, ZAVALANCHEUUID TEXT, "
        "ZCLOUDBATCHPUBLISHDATE REAL, ZCLOUDLOCALSTATE INTEGER, ZCLOUDASSETGUID TEXT, {adjusted} "
        "INTEGER {later_asset_columns});"
        "CREATE TABLE ZADDITIONALASSETATTRIBUTES(Z_PK INTEGER PRIMARY KEY, ZASSET INTEGER, "
        "ZORIGINALFILENAME TEXT, ZTITLE TEXT, ZASSETDESCRIPTION INTEGER, ZTIMEZONENAME TEXT, "
        "ZTIMEZONEOFFSET INTEGER, ZINFERREDTIMEZONEOFFSET INTEGER, {checksum} TEXT "
        "{later_attributes});"
        "CREATE TABLE ZASSETDESCRIPTION(Z_PK INTEGER PRIMARY KEY, ZLONGDESCRIPTION TEXT);"
        "CREATE TABLE ZEXTENDEDATTRIBUTES(Z_PK INTEGER PRIMARY KEY, ZASSET INTEGER, ZCAMERAMAKE "
        "TEXT, ZCAMERAMODEL TEXT);"
        "CREATE TABLE ZGENERICALBUM(Z_PK INTEGER PRIMARY KEY, ZKIND INTEGER, ZTITLE TEXT, ZUUID "
        "TEXT, ZPARENTFOLDER INTEGER, ZTRASHEDSTATE INTEGER, ZCLOUDGUID TEXT);"
        "CREATE TABLE ZKEYWORD(Z_PK INTEGER PRIMARY KEY, ZTITLE TEXT);"
        "CREATE TABLE ZPERSON(Z_PK INTEGER PRIMARY KEY, ZFULLNAME TEXT, ZMERGETARGETPERSON "
        "INTEGER);"
        "CREATE TABLE ZDETECTEDFACE(Z_PK INTEGER PRIMARY KEY, {face_asset} INTEGER, {face_person} "
        "INTEGER, ZHIDDEN INTEGER);"
        "CREATE TABLE ZINTERNALRESOURCE(Z_PK INTEGER PRIMARY KEY, ZASSET INTEGER, ZRESOURCETYPE "
        "INTEGER, ZVERSION INTEGER, ZDATASTORECLASSID INTEGER, ZDATASTORESUBTYPE INTEGER, "
        "ZLOCALAVAILABILITY INTEGER, ZREMOTEAVAILABILITY INTEGER, ZDATALENGTH INTEGER, "
        "ZFINGERPRINT TEXT {later_resource_columns});"
        "CREATE TABLE Z_{album}ASSETS(Z_{album}ALBUMS INTEGER, Z_{asset}ASSETS INTEGER, "
        "Z_FOK_{asset}ASSETS INTEGER);"
        "CREATE TABLE Z_1KEYWORDS(Z_1ASSETATTRIBUTES INTEGER, Z_{keyword}KEYWORDS INTEGER);"
        "INSERT INTO Z_PRIMARYKEY(Z_ENT, Z_NAME) VALUES(1, 'AdditionalAssetAttributes'), ({album}, "
        "'Album'), ({asset}, '{asset_entity}'), ({keyword}, 'Keyword'), (99, '{other_entity}');"
        "INSERT INTO ZGENERICALBUM(Z_PK, ZKIND, ZTRASHEDSTATE) VALUES(1, 3999, 0);",
        fmt::arg("assets", assets()),
        fmt::arg("adjusted", old ? "ZHASADJUSTMENTS" : "ZADJUSTMENTSSTATE"),
        fmt::arg(
            "later_asset_columns",
            old ? "" : ", ZACTIVELIBRARYSCOPEPARTICIPATIONSTATE INTEGER, ZMOMENTSHARE INTEGER"),
        fmt::arg("checksum", old ? "ZMASTERFINGERPRINT" : "ZORIGINALSTABLEHASH"),
        fmt::arg("later_attributes",
                 old ? "" : ", ZSYNDICATIONIDENTIFIER TEXT, ZSYNDICATIONHISTORY INTEGER"),
        fmt::arg("face_asset", old ? "ZASSET" : "ZASSETFORFACE"),
        fmt::arg("face_person", old ? "ZPERSON" : "ZPERSONFORFACE"),
        fmt::arg("later_resource_columns", old ? "" : ", ZSTABLEHASH TEXT, ZCOMPACTUTI TEXT"),
        fmt::arg("album", album_entity()),
        fmt::arg("asset", asset_entity()),
        fmt::arg("keyword", keyword_entity()),
        fmt::arg("asset_entity", old ? "GenericAsset" : "Asset"),
        fmt::arg("other_entity", old ? "Asset" : "CloudSharedAlbum")));
    const auto version = model != 0 ? model : old ? 13537U : 19320U;
    run(fmt::format(
        "INSERT INTO Z_METADATA VALUES(1, 'X', X'{}')",
        to_hex(bytes_of(plist::dictionary({{"PLModelVersion", plist::integer(version)}})))));
  }

  [[nodiscard]] const TempFolder& folder() const { return folder_; }

  [[nodiscard]] const std::string& assets() const {
    static const std::string old = "ZGENERICASSET";
    static const std::string newer = "ZASSET";
    return shape_ == Shape::photos_5 ? old : newer;
  }

  void run(const std::string& sql) {
    const auto ran = database_.run(sql);
    if (!ran) throw std::runtime_error(ran.error().message() + " in " + sql);
  }

  /// A row with its attributes, and its original unless that has no bytes.
  std::int64_t add(const std::string& uuid,
                   const std::string& original_name,
                   const std::string& extension,
                   const std::optional<std::string>& bytes) {
    const auto directory = uuid.substr(0, 1);
    const auto file = uuid + "." + extension;
    run(fmt::format(
        "INSERT INTO {}(ZUUID, ZDIRECTORY, ZFILENAME, ZKIND, ZKINDSUBTYPE, ZDATECREATED, "
        "ZLATITUDE, ZLONGITUDE, ZSAVEDASSETTYPE) VALUES('{}', '{}', '{}', 0, 0, "
        "{}, -180, -180, 3)",
        assets(),
        uuid,
        directory,
        file,
        first_of_june_2019));
    const auto row = database_.last_row_id();
    run(fmt::format(
        "INSERT INTO ZADDITIONALASSETATTRIBUTES(Z_PK, ZASSET, ZORIGINALFILENAME, ZTIMEZONENAME, "
        "ZTIMEZONEOFFSET, {}) VALUES({}, {}, '{}', 'Europe/Berlin', 7200, {})",
        shape_ == Shape::photos_5 ? "ZMASTERFINGERPRINT" : "ZORIGINALSTABLEHASH",
        row + attributes_apart,
        row,
        original_name,
        bytes ? "'" + to_text(crypto::apple_checksum(bytes_of(*bytes))) + "'" : "NULL"));
    if (bytes) folder_.write("originals/" + directory + "/" + file, *bytes);
    return row;
  }

  void set(std::int64_t row, std::string_view column, std::string_view value) {
    run(fmt::format("UPDATE {} SET {} = {} WHERE Z_PK = {}", assets(), column, value, row));
  }

  void set_attribute(std::int64_t row, std::string_view column, std::string_view value) {
    run(fmt::format(
        "UPDATE ZADDITIONALASSETATTRIBUTES SET {} = {} WHERE ZASSET = {}", column, value, row));
  }

  void set_caption(std::int64_t row, std::string_view text) {
    run(fmt::format("INSERT INTO ZASSETDESCRIPTION(ZLONGDESCRIPTION) VALUES('{}')", text));
    set_attribute(row, "ZASSETDESCRIPTION", std::to_string(database_.last_row_id()));
  }

  void set_edited(std::int64_t row, int state) {
    set(row,
        shape_ == Shape::photos_5 ? "ZHASADJUSTMENTS" : "ZADJUSTMENTSSTATE",
        std::to_string(state));
    set(row, "ZADJUSTMENTTIMESTAMP", "600000000.5");
  }

  static constexpr int user_album = 2;
  static constexpr int shared_album = 1505;
  static constexpr int user_folder = 4000;
  static constexpr std::int64_t root_folder = 1;

  std::int64_t album(std::string_view title,
                     std::int64_t parent = root_folder,
                     int kind = user_album) {
    run(
        fmt::format("INSERT INTO ZGENERICALBUM(ZKIND, ZTITLE, ZUUID, ZPARENTFOLDER, ZTRASHEDSTATE) "
                    "VALUES({}, '{}', 'A', {}, 0)",
                    kind,
                    title,
                    parent));
    return database_.last_row_id();
  }

  void put_in(std::int64_t album, std::int64_t row) {
    run(fmt::format("INSERT INTO Z_{}ASSETS VALUES({}, {}, 0)", album_entity(), album, row));
  }

  void keyword(std::int64_t row, std::string_view word) {
    run(fmt::format("INSERT INTO ZKEYWORD(ZTITLE) VALUES('{}')", word));
    run(fmt::format(
        "INSERT INTO Z_1KEYWORDS VALUES({}, {})", row + attributes_apart, database_.last_row_id()));
  }

  /// Without a name: an unknown face, or one merged into another person.
  std::int64_t person(std::string_view name, std::int64_t merged_into = 0) {
    run(fmt::format("INSERT INTO ZPERSON(ZFULLNAME, ZMERGETARGETPERSON) VALUES('{}', {})",
                    name,
                    merged_into == 0 ? "NULL" : std::to_string(merged_into)));
    return database_.last_row_id();
  }

  void face(std::int64_t row, std::int64_t person, int hidden = 0) {
    const bool old = shape_ == Shape::photos_5;
    run(fmt::format("INSERT INTO ZDETECTEDFACE({}, {}, ZHIDDEN) VALUES({}, {}, {})",
                    old ? "ZASSET" : "ZASSETFORFACE",
                    old ? "ZPERSON" : "ZPERSONFORFACE",
                    row,
                    person,
                    hidden));
  }

  struct Availability {
    int local = 1;
    int remote = 0;
  };

  /// A file as the library knows it: (type, version, subtype), here or only in iCloud.
  void resource(std::int64_t row,
                int type,
                int version,
                int subtype,
                Availability availability,
                std::string_view checksum = "",
                int size = 1000) {
    run(fmt::format(
        "INSERT INTO ZINTERNALRESOURCE(ZASSET, ZRESOURCETYPE, ZVERSION, ZDATASTORECLASSID, "
        "ZDATASTORESUBTYPE, ZLOCALAVAILABILITY, ZREMOTEAVAILABILITY, ZDATALENGTH, {}) "
        "VALUES({}, {}, {}, {}, {}, {}, {}, {}, {})",
        shape_ == Shape::photos_5 ? "ZFINGERPRINT" : "ZSTABLEHASH",
        row,
        type,
        version,
        subtype == 3 || subtype == 8 ? 2 : 0,
        subtype,
        availability.local,
        availability.remote,
        size,
        checksum.empty() ? std::string("NULL") : fmt::format("'{}'", checksum)));
  }

  void file(std::string_view path, std::string_view bytes) const { folder_.write(path, bytes); }

  /// 2019-06-01T12:00:00+02:00, in seconds since 2001.
  static constexpr std::int64_t first_of_june_2019 = 581076000;

 private:
  static constexpr std::int64_t attributes_apart = 1000;  // their numbers are not the assets'

  static sqlite::Database opened(const TempFolder& folder) {
    folder.write("database/photos.db", "the stub of older programs");
    auto database =
        sqlite::Database::open(folder / "database/Photos.sqlite", sqlite::Access::read_write);
    if (!database) throw std::runtime_error(database.error().message());
    return *std::move(database);
  }

  [[nodiscard]] int album_entity() const { return shape_ == Shape::photos_5 ? 26 : 33; }

  [[nodiscard]] int asset_entity() const { return shape_ == Shape::photos_5 ? 34 : 3; }

  [[nodiscard]] int keyword_entity() const { return shape_ == Shape::photos_5 ? 37 : 52; }

  Shape shape_;
  TempFolder folder_;
  sqlite::Database database_;
};

}  // namespace keepsake::tests
