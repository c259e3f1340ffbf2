// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "destination/destination.h"
#include "destination/vault/folders.h"
#include "destination/vault/journal.h"
#include "destination/vault/month_file.h"
#include "destination/vault/tree_edit.h"
#include "destination/vault/vault.h"
#include "records/file_record.h"
#include "vault/repository.h"
#include "vault/writer.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::destination::in_vault {

/// What changed since the last snapshot: small nodes in memory, records in the journal. For one
/// thread.
class Pending {
 public:
  void keep(const std::string& place, vault::Node node);

  /// A file is to be kept no more, at the record's path, nor its record.
  void remove(const records::FileRecord& record);
  void describe(const records::FileRecord& record, const Spot& at);
  void show(const Album& album);

  /// Every record there was is forgotten; only what is described from now on counts.
  void begin_records_anew();

  [[nodiscard]] bool empty() const;

  /// How many files, records and members of albums wait: what takes memory until the next snapshot.
  /// Nothing while all records are being written anew, which must be told by one snapshot.
  [[nodiscard]] std::size_t weight() const;

  /// What happened at a place since the last snapshot: a file was kept there, or removed (nothing
  /// in it); null when neither.
  [[nodiscard]] const std::optional<vault::Node>* find(const std::string& place) const;

  /// The sources of what is described.
  [[nodiscard]] std::vector<std::string> sources() const;

  struct Tools {
    vault::Repository& repository;
    Folders& folders;
    vault::Writer& writer;
    Journal& journal;
    const VaultIdentity& identity;
    Care care = Care::where_changed;
    std::vector<std::string>& warnings;
  };

  /// Writes the changed files of ours, and says how the tree differs from the one before. Causes:
  /// corrupt, when one of them cannot be read and no damage was reckoned with.
  Result<TreeEdit> write(const Tools& tools, const std::optional<vault::BlobId>& base) const;

 private:
  struct Month {
    std::string source;
    std::string month;
    friend auto operator<=>(const Month&, const Month&) = default;
  };

  Result<> write_months(const Tools& tools,
                        const std::optional<vault::BlobId>& base,
                        TreeEdit& edit) const;
  Result<> write_albums(const Tools& tools,
                        const std::optional<vault::BlobId>& base,
                        TreeEdit& edit) const;
  Result<> write_sources(const Tools& tools, TreeEdit& edit) const;

  std::map<std::string, std::optional<vault::Node>> files_;  ///< by place; none: removed
  std::map<Month, News> records_;
  std::size_t record_count_ = 0;
  std::vector<Album> albums_;
  std::size_t member_count_ = 0;
  std::map<std::string, Id128> sources_;
  bool records_anew_ = false;
};

}  // namespace keepsake::destination::in_vault
