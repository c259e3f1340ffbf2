// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "source/icloud/page.h"
#include "source/icloud/zone.h"
#include "source/source.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keepsake::source::icloud {

/// What this source remembers besides its libraries (docs/formats/catalog.md):
///   t <database>  its sync token
///   y             when the account's storage was last looked at
///   s             when its shared albums were last looked at
///   e <album>     a shared album; its tag when all in it was last noted, else nothing
class AccountMemory {
 public:
  explicit AccountMemory(Memory& memory) : memory_(memory) {}

  Result<std::optional<std::string>> token(Database database);
  Result<> note_token(Database database, std::string_view token);
  Result<> forget_token(Database database);

  Result<std::optional<Instant>> last_storage_look();
  Result<> note_storage_look(Instant when);

  Result<std::optional<Instant>> last_album_look();
  Result<> note_album_look(Instant when);

  /// The tags of shared albums, by their ids.
  Result<std::map<std::string, std::string>> shared_albums();
  Result<> note_shared_album(std::string_view id, std::string_view tag);
  Result<> forget_shared_album(std::string_view id);

 private:
  Result<std::optional<Instant>> moment(std::string_view key);

  Memory& memory_;
};

/// What it remembers of one library; parts of a key are parted by NUL:
///   z <library>                   the zone's sync token
///   g <library>                   the number of its last listing
///   a <library> <asset>           the listing that saw it, and the master it refers to
///   m <library> <master> <asset>  the same the other way round
///   w <library> <master> <asset>  an asset whose master did not come yet
///   p <library> <master>          a master whose asset did not come yet
///   f <library> <album>           an album or folder
///   n <library> <asset> <album>   the asset is in the album; the listing that said so last
///   d <library> <asset>           its albums changed since it was reported
///   r <library> <asset>           it came back, and was not asked for its albums yet
class LibraryMemory {
 public:
  LibraryMemory(Memory& memory, std::string library)
      : memory_(memory), library_(std::move(library)) {}

  [[nodiscard]] const std::string& library() const { return library_; }

  /// Forgets everything of the library.
  Result<> forget();

  Result<std::optional<std::string>> token();
  Result<> note_token(std::string_view token);
  Result<> forget_token();

  Result<std::int64_t> listing();
  Result<> note_listing(std::int64_t number);

  struct KnownAsset {
    std::int64_t listing = 0;
    std::string master;
  };

  Result<std::optional<KnownAsset>> asset(std::string_view name);
  Result<> remember(std::string_view asset, const KnownAsset& known);
  Result<> forget_asset(std::string_view name);
  Result<std::vector<std::string>> assets_of(std::string_view master);

  /// A half that came alone is kept until the other one comes.
  Result<> keep_waiting(const AssetRecord& asset);
  Result<std::vector<AssetRecord>> waiting_for(std::string_view master);
  Result<std::vector<AssetRecord>> waiting(std::size_t most);
  Result<> stop_waiting(const AssetRecord& asset);
  Result<> keep_alone(const MasterRecord& master);
  Result<std::optional<std::string>> alone(std::string_view master);
  Result<> no_longer_alone(std::string_view master);

  using Albums = std::map<std::string, AlbumRecord, std::less<>>;

  Result<Albums> albums();
  Result<> remember_album(const AlbumRecord& album);
  Result<> forget_album(std::string_view name);

  Result<std::vector<std::string>> albums_of(std::string_view asset);
  Result<> remember_member(const MemberRecord& member, std::int64_t listing);
  Result<> forget_member(const MemberRecord& member);

  /// Calls back for those that a listing did not see.
  Result<> each_member_not_seen_by(std::int64_t listing,
                                   const std::function<Result<>(MemberRecord)>& take);

  /// Albums, but not who is in them: before they are listed anew.
  Result<> forget_albums();

  /// Marks everybody in an album; without one, everybody in any.
  Result<> mark_members(const std::optional<std::string>& album);
  Result<> mark(std::string_view asset);
  Result<> unmark(std::string_view asset);
  Result<std::vector<std::string>> marked(std::size_t most);

  /// Those that came back from where no list of an album shows them.
  Result<> note_return(std::string_view asset);
  Result<> forget_return(std::string_view asset);
  Result<std::vector<std::string>> returned(std::size_t most);

 private:
  [[nodiscard]] std::string key(char table, std::initializer_list<std::string_view> parts) const;
  Result<std::vector<std::string>> assets_in(char table, std::size_t most);
  Result<> erase_all(std::string_view prefix);

  Memory& memory_;
  std::string library_;
};

}  // namespace keepsake::source::icloud
