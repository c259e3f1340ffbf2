// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/account.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What destinations carry about their photos, as JSON lines (docs/formats/tree.md): enough to make
/// the catalog anew. It knows the form of a record, not where it lies.
namespace keepsake::records {

/// One kept file with all that is known of its asset.
struct FileRecord {
  std::string path;   ///< below the destination's root
  std::string month;  ///< of the asset when it was first kept: "2024-05" or "undated"
  Instant file_time{};
  std::optional<Instant> quarantined_at;  ///< since when it lies in quarantine
  std::optional<Instant> asked_back_at;   ///< when its owner last took it out of there

  std::string source_name;
  photo::Asset asset;  ///< without its renditions
  std::optional<Instant> gone_at;
  std::optional<photo::AssetKey> moved_from;
  std::string folder;  ///< the names decided for the asset there
  std::string stem;

  photo::Role role = photo::Role::original;
  std::string key;
  std::string name;
  bool present = true;     ///< the source still lists this file
  photo::Version version;  ///< `row` and `unavailable` are not written

  /// What the file holds; a record is of a file whose bytes were read.
  [[nodiscard]] const photo::Content& content() const;
};

/// "2024-05" or "undated": it names a file of records.
bool is_month(std::string_view text);

/// One line without its newline; it begins with the path. The same record gives the same bytes.
std::string to_line(const FileRecord& record);

/// Causes: corrupt.
Result<FileRecord> parse_line(std::string_view line);

/// The record of one version of an account's file as it lies in a destination.
FileRecord record_of(const photo::Account& account,
                     const photo::Naming& naming,
                     const photo::History& file,
                     const photo::Version& version,
                     std::string_view path,
                     Instant file_time);

/// The record of a version that a destination keeps.
FileRecord record_of(const photo::Account& account,
                     const photo::Naming& naming,
                     const photo::History& file,
                     const photo::Version& version,
                     const photo::KeptFile& kept);

/// The records of all files of an account in one of its standings, added in the order of paths.
void add_records(const photo::Account& account,
                 const photo::Standing& standing,
                 std::vector<FileRecord>& records);

}  // namespace keepsake::records
