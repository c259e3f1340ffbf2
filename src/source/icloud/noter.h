// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "photo/asset.h"
#include "source/icloud/addresses.h"
#include "source/icloud/cloudkit.h"
#include "source/icloud/memory.h"
#include "source/icloud/page.h"
#include "source/source.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace keepsake::source::icloud {

/// Who reports, and when.
struct Reporter {
  Id128 source;
  Instant now;
};

/// Takes pages of one library's records into the ledger, whatever order they come in: halves of a
/// photo find each other, albums find their members. Nothing is committed here.
class Noter {
 public:
  Noter(Changes& changes,
        LibraryMemory& memory,
        CloudKit& cloudkit,
        Addresses& addresses,
        const Reporter& reporter)
      : changes_(changes),
        memory_(memory),
        cloudkit_(cloudkit),
        addresses_(addresses),
        reporter_(reporter) {}

  /// Before the first page. `listing` is the number of the listing that the pages belong to.
  Result<> begin(std::int64_t listing);

  Result<> note(Page page);

  /// After the last page: whoever still waits for a half, or whose albums changed, is reported.
  Result<> finish(const std::stop_token& stop);

  /// After the lists of all albums and photos: who was in an album that does not show it any more
  /// is not in it. Hidden and deleted photos, whom lists do not show, stay where they were.
  Result<> forget_unseen_members();

  /// What `changes_.gone` is told of an asset, with all that is remembered of it.
  Result<> note_gone(std::string_view asset);

 private:
  Result<> note_album(const AlbumRecord& album);
  Result<> note_member(const MemberRecord& member);
  Result<> note_masters(Page& page);
  Result<> note_assets(const Page& page);
  Result<> note_purged(const std::string& name);
  Result<> ask_for_masters(const std::stop_token& stop);
  Result<> ask_for_albums(const std::stop_token& stop);
  Result<> report_marked(const std::stop_token& stop);

  Result<std::optional<std::string>> master_of(const AssetRecord& asset, const Page& page);
  Result<> report(const AssetRecord& asset, std::string_view master);
  Result<> put(std::string record, std::string_view name);
  Result<bool> comes_back(const photo::Asset& asset);
  Result<bool> was_out_of_albums(std::string_view name);
  Result<std::optional<std::string>> known_half(std::string_view asset, std::string_view half);

  Changes& changes_;
  LibraryMemory& memory_;
  CloudKit& cloudkit_;
  Addresses& addresses_;
  const Reporter& reporter_;
  LibraryMemory::Albums albums_;
  std::int64_t listing_ = 0;
};

}  // namespace keepsake::source::icloud
