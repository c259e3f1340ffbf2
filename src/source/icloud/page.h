// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "source/icloud/zone.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What CloudKit answers, taken apart.
namespace keepsake::source::icloud {

/// A library's entry: one photo as its owner sees it.
struct AssetRecord {
  std::string name;
  std::string master;  ///< the record of its original
  std::string text;    ///< record_text.h
  bool is_expunged = false;
  bool is_in_burst = false;
};

/// An original with its files; two assets may share one.
struct MasterRecord {
  std::string name;
  std::string text;
};

struct AlbumRecord {
  enum class Kind { album, folder, other };

  std::string name;
  std::string title;   ///< NFC
  std::string parent;  ///< a folder; empty at the top
  Kind kind = Kind::album;
  bool is_deleted = false;
  friend bool operator==(const AlbumRecord&, const AlbumRecord&) = default;
};

/// That an asset is in an album.
struct MemberRecord {
  std::string asset;
  std::string album;
  bool is_deleted = false;
};

/// Where a file can be fetched for the next hour.
struct FileAddress {
  std::string record;
  std::string prefix;    ///< "resOriginal"
  std::string checksum;  ///< of the bytes that lie there
  std::string url;
};

/// Why a record of a list could not be given.
struct RecordFailure {
  std::string name;
  std::string code;  ///< "NOT_FOUND"
  std::string reason;
};

/// Whether the service says that there is no such record, rather than that it cannot give it now.
inline bool is_not_there(const RecordFailure& failure) { return failure.code == "NOT_FOUND"; }

struct Page {
  std::vector<AssetRecord> assets;
  std::vector<MasterRecord> masters;
  std::vector<AlbumRecord> albums;
  std::vector<MemberRecord> members;
  std::vector<std::string> purged;  ///< names of records that are no more, of whatever kind
  std::vector<FileAddress> addresses;
  std::vector<RecordFailure> failures;
  std::size_t records = 0;  ///< of all kinds
  std::optional<std::string> sync_token;
  std::optional<std::string> continuation;  ///< more of the same list comes after this
  bool more_coming = false;
};

/// The page that an answer, or one zone of it, is. Records of kinds that are none of ours are only
/// counted.
Page page_in(const json::object& answer);

/// "<asset>-IN-<album>", the name of the record that an asset is in an album.
std::string name_of_member(std::string_view asset, std::string_view album);

/// The asset and the album of such a name; nothing for any other name.
std::optional<MemberRecord> member_named(std::string_view record);

/// A zone as a list of zones names it.
std::optional<ZoneId> zone_in(const json::object& zone, Database database);

}  // namespace keepsake::source::icloud
