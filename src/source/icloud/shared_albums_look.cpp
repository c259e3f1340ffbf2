// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/shared_albums_look.h"

#include "source/icloud/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

namespace {

constexpr std::chrono::hours between_looks{24};
constexpr std::string_view all_of_them = "shared albums";

class SharedAlbumsLook {
 public:
  SharedAlbumsLook(SharedStreams& streams,
                   CloudKit& cloudkit,
                   Addresses& addresses,
                   Changes& changes,
                   const Reporter& reporter,
                   std::stop_token stop)
      : streams_(streams),
        cloudkit_(cloudkit),
        addresses_(addresses),
        changes_(changes),
        memory_(changes.memory()),
        reporter_(reporter),
        stop_(std::move(stop)) {}

  Result<> run() {
    const auto last = TRY(memory_.last_album_look());
    if (last && reporter_.now - *last < between_looks && *last <= reporter_.now) return {};
    known_ = TRY(memory_.shared_albums());
    const auto albums = TRY(ask());
    if (!albums) return changes_.commit();
    std::map<std::string, std::string> noted;
    for (const SharedAlbum& album : *albums) {
      const auto tag = known_.find(album.id);
      if (tag != known_.end() && !tag->second.empty() && tag->second == album.tag) continue;
      const bool is_whole = TRY(note(album));
      if (is_whole) noted.emplace(album.id, album.tag);
    }
    for (const auto& [id, tag] : known_)
      if (!has(*albums, id)) TRY(forget(id));
    if (!noted.empty()) TRY(settle(noted));
    if (is_whole_) TRY(memory_.note_album_look(reporter_.now));
    return changes_.commit();
  }

 private:
  /// Nothing where they cannot be had. Accounts that never shared anything may be refused.
  Result<std::optional<std::vector<SharedAlbum>>> ask() {
    auto albums = streams_.albums(stop_);
    if (albums) return std::optional(*std::move(albums));
    const Error& error = albums.error();
    const bool may_have_none = known_.empty() && error.cause != Cause::cancelled;
    if (may_have_none && (is_misunderstood(error.cause) || error.cause == Cause::denied))
      return std::optional<std::vector<SharedAlbum>>(std::in_place);
    if (!may_have_none) TRY(name_failure(all_of_them, error));
    if (may_have_none)
      changes_.warn("whether there are shared albums could not be asked: " + error.message());
    is_whole_ = false;
    return std::optional<std::vector<SharedAlbum>>();
  }

  static bool has(const std::vector<SharedAlbum>& albums, const std::string& id) {
    return std::any_of(
        albums.begin(), albums.end(), [&](const SharedAlbum& album) { return album.id == id; });
  }

  /// Whether all that is in it was told.
  Result<bool> note(const SharedAlbum& album) {
    TRY(memory_.note_shared_album(album.id, ""));
    LibraryMemory memory(changes_.memory(), album.id);
    Noter noter(changes_, memory, cloudkit_, addresses_, reporter_);
    const auto last = TRY(memory.listing());
    const auto number = last + 1;
    TRY(memory.note_listing(number));
    TRY(noter.begin(number));
    Page title;
    title.albums.push_back({album.id, album.title, {}, AlbumRecord::Kind::album, false});
    TRY(noter.note(std::move(title)));
    const auto take = [&](Page page) -> Result<> {
      page.albums.clear();
      page.members.clear();
      for (const AssetRecord& asset : page.assets)
        page.members.push_back({asset.name, album.id, false});
      TRY(noter.note(std::move(page)));
      return changes_.commit();
    };
    const auto told = streams_.each_page(album.id, take, stop_);
    if (!told) TRY(name_failure(fmt::format("the shared album “{}”", album.title), told.error()));
    TRY(noter.finish(stop_));
    TRY(changes_.commit());
    return told.has_value();
  }

  /// Photos that an album did not show are gone if nothing changed while it was read: only then it
  /// was read whole.
  Result<> settle(std::map<std::string, std::string> noted) {
    const auto after = TRY(ask());
    const auto changed = std::erase_if(noted, [&](const auto& album) {
      return !after || std::none_of(after->begin(), after->end(), [&](const SharedAlbum& now) {
        return now.id == album.first && now.tag == album.second;
      });
    });
    is_whole_ = is_whole_ && changed == 0;
    std::map<std::string, std::int64_t> listings;
    for (const auto& [id, tag] : noted) {
      const auto number = TRY(LibraryMemory(changes_.memory(), id).listing());
      listings.emplace(id, number);
    }
    std::vector<std::pair<std::string, std::string>> unseen;
    const auto is_there = [&](const std::string& library,
                              const std::string& id,
                              const std::vector<std::string>& /*keys*/) -> Result<bool> {
      const auto listing = listings.find(library);
      if (listing == listings.end()) return true;
      const auto known = TRY(LibraryMemory(changes_.memory(), library).asset(id));
      const bool is_seen = known && known->listing == listing->second;
      if (!is_seen) unseen.emplace_back(library, id);
      return is_seen;
    };
    TRY(changes_.keep_only(is_there));
    for (const auto& [library, id] : unseen)
      TRY(LibraryMemory(changes_.memory(), library).forget_asset(id));
    for (const auto& [id, tag] : noted) TRY(memory_.note_shared_album(id, tag));
    return {};
  }

  /// An album that was deleted, or that the account no longer follows.
  Result<> forget(const std::string& album) {
    TRY(changes_.keep_only([&](const std::string& library,
                               const std::string& /*id*/,
                               const std::vector<std::string>& /*keys*/) -> Result<bool> {
      return library != album;
    }));
    TRY(LibraryMemory(changes_.memory(), album).forget());
    return memory_.forget_shared_album(album);
  }

  Result<> name_failure(std::string_view what, const Error& error) {
    if (error.cause == Cause::cancelled) return fail(error);
    is_whole_ = false;
    return changes_.unreadable(what, error);
  }

  SharedStreams& streams_;
  CloudKit& cloudkit_;
  Addresses& addresses_;
  Changes& changes_;
  AccountMemory memory_;
  const Reporter& reporter_;
  std::stop_token stop_;
  std::map<std::string, std::string> known_;  ///< before this look
  bool is_whole_ = true;
};

}  // namespace

Result<> look_at_shared_albums(SharedStreams& streams,
                               CloudKit& cloudkit,
                               Addresses& addresses,
                               Changes& changes,
                               const Reporter& reporter,
                               const std::stop_token& stop) {
  return SharedAlbumsLook(streams, cloudkit, addresses, changes, reporter, stop).run();
}

}  // namespace keepsake::source::icloud
