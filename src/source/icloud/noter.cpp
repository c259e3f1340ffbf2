// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/noter.h"

#include "source/icloud/albums.h"
#include "source/icloud/record_text.h"
#include "source/icloud/translate.h"
#include "source/icloud/wanted.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t most_at_once = 200;

const MasterRecord* master_in(const Page& page, std::string_view name) {
  const auto found = std::find_if(
      page.masters.begin(), page.masters.end(), [&](const auto& it) { return it.name == name; });
  return found == page.masters.end() ? nullptr : &*found;
}

bool has_asset_of(const Page& page, std::string_view master) {
  return std::any_of(page.assets.begin(), page.assets.end(), [&](const auto& asset) {
    return asset.master == master;
  });
}

/// Lists of albums leave out their hidden and deleted members.
bool is_in_albums(const photo::Asset& asset) { return !asset.hidden && !asset.trashed; }

bool has_asset(const Page& page, std::string_view name) {
  return std::any_of(page.assets.begin(), page.assets.end(), [&](const auto& asset) {
    return asset.name == name;
  });
}

}  // namespace

Result<> Noter::begin(std::int64_t listing) {
  listing_ = listing;
  albums_ = TRY(memory_.albums());
  return {};
}

Result<> Noter::note(Page page) {
  addresses_.note(std::move(page.addresses));
  for (const AlbumRecord& album : page.albums) TRY(note_album(album));
  for (const MemberRecord& member : page.members) TRY(note_member(member));
  TRY(note_masters(page));
  TRY(note_assets(page));
  for (const std::string& name : page.purged) TRY(note_purged(name));
  return {};
}

Result<> Noter::note_album(const AlbumRecord& album) {
  if (is_root_folder(album.name)) return {};
  const auto known = albums_.find(album.name);
  if (album.is_deleted && known == albums_.end()) return {};
  if (!album.is_deleted && known != albums_.end() && known->second == album) return {};
  // A folder's name is part of the path of every album below it.
  const bool is_folder = album.kind == AlbumRecord::Kind::folder;
  if (known != albums_.end() || is_folder)
    TRY(memory_.mark_members(is_folder ? std::nullopt : std::optional(album.name)));
  if (album.is_deleted) {
    albums_.erase(known);
    return memory_.forget_album(album.name);
  }
  albums_.insert_or_assign(album.name, album);
  return memory_.remember_album(album);
}

Result<> Noter::note_member(const MemberRecord& member) {
  TRY(member.is_deleted ? memory_.forget_member(member)
                        : memory_.remember_member(member, listing_));
  return memory_.mark(member.asset);
}

Result<> Noter::forget_unseen_members() {
  return memory_.each_member_not_seen_by(listing_, [&](MemberRecord member) -> Result<> {
    if (TRY(was_out_of_albums(member.asset))) return {};
    member.is_deleted = true;
    return note_member(member);
  });
}

/// Masters whose assets are not beside them: they may be known, or wait, or still come.
Result<> Noter::note_masters(Page& page) {
  for (const MasterRecord& master : page.masters) {
    bool is_wanted = has_asset_of(page, master.name);
    for (const AssetRecord& asset : TRY(memory_.waiting_for(master.name))) {
      is_wanted = true;
      TRY(report(asset, master.text));
      TRY(memory_.stop_waiting(asset));
    }
    for (const std::string& name : TRY(memory_.assets_of(master.name))) {
      is_wanted = true;
      if (has_asset(page, name)) continue;  // it comes with what it says now
      const auto asset = TRY(known_half(name, "asset"));
      if (asset) TRY(report({name, master.name, *asset}, master.text));
    }
    if (!is_wanted) TRY(memory_.keep_alone(master));
  }
  return {};
}

Result<> Noter::note_assets(const Page& page) {
  for (const AssetRecord& asset : page.assets) {
    if (asset.is_expunged) {
      TRY(note_gone(asset.name));
      continue;
    }
    const auto master = TRY(master_of(asset, page));
    if (master) {
      TRY(report(asset, *master));
    } else {
      TRY(memory_.keep_waiting(asset));
    }
  }
  return {};
}

/// The master's text: from the page, from one that came alone, from the asset as it was, or from
/// another asset that shares it.
Result<std::optional<std::string>> Noter::master_of(const AssetRecord& asset, const Page& page) {
  if (const auto* master = master_in(page, asset.master)) return master->text;
  if (auto alone = TRY(memory_.alone(asset.master))) {
    TRY(memory_.no_longer_alone(asset.master));
    return alone;
  }
  for (const std::string& name : TRY(memory_.assets_of(asset.master))) {
    auto half = TRY(known_half(name, "master"));
    if (half) return half;
  }
  return std::nullopt;
}

Result<std::optional<std::string>> Noter::known_half(std::string_view asset,
                                                     std::string_view half) {
  const auto record = TRY(changes_.record_of(memory_.library(), asset));
  if (!record) return std::nullopt;
  auto text = half_of(*record, half);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

Result<> Noter::report(const AssetRecord& asset, std::string_view master) {
  TRY(memory_.remember(asset.name, {listing_, asset.master}));
  return put(joined(asset.text, master), asset.name);
}

Result<> Noter::put(std::string record, std::string_view name) {
  auto asset = asset_of(std::move(record), reporter_.source, memory_.library(), reporter_.now);
  // What is known of it stays as it was.
  if (!asset) return changes_.unreadable(name, asset.error());
  if (TRY(comes_back(*asset))) TRY(memory_.note_return(name));
  const auto albums = TRY(memory_.albums_of(name));
  asset->albums = paths_of(albums, albums_);
  TRY(changes_.put(*asset));
  return memory_.unmark(name);
}

Result<bool> Noter::comes_back(const photo::Asset& asset) {
  return is_in_albums(asset) ? was_out_of_albums(asset.key.id) : false;
}

Result<bool> Noter::was_out_of_albums(std::string_view name) {
  auto record = TRY(changes_.record_of(memory_.library(), name));
  if (!record) return false;
  const auto was = asset_of(*std::move(record), reporter_.source, memory_.library(), reporter_.now);
  return was && !is_in_albums(*was);
}

Result<> Noter::note_purged(const std::string& name) {
  const auto known = TRY(memory_.asset(name));
  if (known) return note_gone(name);
  if (auto member = member_named(name)) {
    member->is_deleted = true;
    return note_member(*member);
  }
  if (const auto album = albums_.find(name); album != albums_.end()) {
    auto deleted = album->second;
    deleted.is_deleted = true;
    return note_album(deleted);
  }
  return memory_.no_longer_alone(name);
}

Result<> Noter::note_gone(std::string_view asset) {
  TRY(changes_.gone(memory_.library(), asset));
  return memory_.forget_asset(asset);
}

Result<> Noter::finish(const std::stop_token& stop) {
  TRY(ask_for_masters(stop));
  TRY(ask_for_albums(stop));
  return report_marked(stop);
}

/// An asset whose master never came is asked for it; without one it is a photo that cannot be had.
Result<> Noter::ask_for_masters(const std::stop_token& stop) {
  for (;;) {
    const auto waiting = TRY(memory_.waiting(most_at_once));
    if (waiting.empty()) return {};
    std::vector<std::string> names;
    for (const AssetRecord& asset : waiting)
      if (!asset.master.empty()) names.push_back(asset.master);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    Page page;
    const auto zone = zone_of(memory_.library());
    if (zone.is_library() && !names.empty())
      page = TRY(cloudkit_.lookup(zone, names, wanted_fields(), stop));
    addresses_.note(std::move(page.addresses));
    for (const AssetRecord& asset : waiting) {
      const auto* master = master_in(page, asset.master);
      TRY(report(asset, master != nullptr ? std::string_view(master->text) : std::string_view()));
      TRY(memory_.stop_waiting(asset));
    }
  }
}

/// No list of an album shows its hidden and deleted members, and nothing changes in an album when
/// one comes back. Whether it is in one can only be asked for by name. Who is not told of, though
/// not because it is not there, is asked for again by the next run.
Result<> Noter::ask_for_albums(const std::stop_token& stop) {
  for (bool all_told = true; all_told;) {
    const auto returned = TRY(memory_.returned(most_at_once));
    if (returned.empty()) return {};
    std::vector<std::string> names;
    for (const std::string& asset : returned)
      for (const auto& [album, record] : albums_)
        if (record.kind == AlbumRecord::Kind::album) names.push_back(name_of_member(asset, album));
    for (std::span<const std::string> left = names; !left.empty();) {
      const auto some = left.first(std::min(left.size(), most_at_once));
      const auto page =
          TRY(cloudkit_.lookup(zone_of(memory_.library()), some, wanted_fields(), stop));
      for (const MemberRecord& member : page.members) TRY(note_member(member));
      all_told = all_told && std::all_of(page.failures.begin(), page.failures.end(), is_not_there);
      left = left.subspan(some.size());
    }
    if (!all_told) break;
    for (const std::string& asset : returned) TRY(memory_.forget_return(asset));
  }
  return {};
}

Result<> Noter::report_marked(const std::stop_token& stop) {
  for (;;) {
    const auto names = TRY(memory_.marked(most_at_once));
    if (names.empty()) return {};
    for (const std::string& name : names) {
      if (stop.stop_requested()) return fail(Cause::cancelled, "interrupted");
      const auto record = TRY(changes_.record_of(memory_.library(), name));
      if (record) TRY(put(*record, name));
      TRY(memory_.unmark(name));
    }
  }
}

}  // namespace keepsake::source::icloud
