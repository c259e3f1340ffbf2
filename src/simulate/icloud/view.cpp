// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/view.h"

#include "base/text.h"
#include "simulate/icloud/record.h"
#include "simulate/icloud/zone.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

struct Names {
  View::Kind kind;
  std::string_view list;
  std::string_view count;
};

constexpr std::array names{
    Names{View::Kind::all,
          "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted",
          "CPLAssetByAssetDateWithoutHiddenOrDeleted"},
    Names{View::Kind::by_added, "CPLAssetAndMasterByAddedDate", "CPLAssetByAddedDate"},
    Names{View::Kind::hidden, "CPLAssetAndMasterHiddenByAssetDate", "CPLAssetHiddenByAssetDate"},
    Names{View::Kind::trashed,
          "CPLAssetAndMasterDeletedByExpungedDate",
          "CPLAssetDeletedByExpungedDate"},
    Names{View::Kind::bursts,
          "CPLBurstStackAssetAndMasterByAssetDate",
          "CPLAssetBurstStackAssetByAssetDate"},
    Names{View::Kind::smart,
          "CPLAssetAndMasterInSmartAlbumByAssetDate",
          "CPLAssetInSmartAlbumByAssetDate"},
    Names{View::Kind::album,
          "CPLContainerRelationLiveByAssetDate",
          "CPLContainerRelationNotDeletedByAssetDate"},
    Names{View::Kind::arranged,
          "CPLContainerRelationLiveByPosition",
          "CPLContainerRelationNotDeletedByPosition"},
};

bool is_video(const Zone& zone, const Asset& asset) {
  const auto* master = zone.find_as<Master>(asset.master);
  const auto* original = master == nullptr ? nullptr : find(master->resources, Slot::original);
  return original != nullptr &&
         (original->type == "com.apple.quicktime-movie" || original->type == "public.mpeg-4");
}

bool is_smart(const Zone& zone, const Asset& asset, std::string_view which) {
  if (which == "FAVORITE") return asset.favorite;
  if (which == "VIDEO") return is_video(zone, asset);
  if (which == "LIVE") return asset.subtype == Subtype::live;
  if (which == "PANORAMA") return asset.subtype == Subtype::panorama;
  if (which == "SCREENSHOT") return asset.subtype == Subtype::screenshot;
  if (which == "SLOMO") return asset.subtype == Subtype::slow_motion;
  if (which == "TIMELAPSE") return asset.subtype == Subtype::time_lapse;
  return false;  // kinds that no made library has
}

bool is_unpicked_frame(const Asset& asset) { return !asset.burst.empty() && !asset.burst_picked; }

bool shows(const Zone& zone, const Asset& asset, const View& view) {
  if (view.kind == View::Kind::trashed) return asset.trashed.has_value();
  if (asset.trashed || is_unpicked_frame(asset)) return false;
  switch (view.kind) {
    case View::Kind::by_added:
      return true;
    case View::Kind::hidden:
      return asset.hidden;
    case View::Kind::bursts:
      return !asset.hidden && !asset.burst.empty();
    case View::Kind::smart:
      return !asset.hidden && is_smart(zone, asset, view.of);
    case View::Kind::all:
    case View::Kind::album:
    case View::Kind::arranged:
    case View::Kind::trashed:
      break;
  }
  return !asset.hidden;
}

std::int64_t date_of(const Asset& asset, View::Kind kind) {
  const auto instant = kind == View::Kind::by_added  ? asset.added
                       : kind == View::Kind::trashed ? asset.trashed.value_or(asset.added)
                                                     : asset.taken;
  return instant.time_since_epoch().count();
}

/// An asset of a view, and what it is sorted by: the largest comes first.
struct Ranked {
  std::int64_t by = 0;
  std::size_t asset = 0;

  friend auto operator<=>(const Ranked&, const Ranked&) = default;
};

std::optional<Ranked> as_asset(const Zone& zone, std::size_t i, const View& view) {
  const auto* asset = std::get_if<Asset>(&zone.records()[i].value);
  if (asset == nullptr || !shows(zone, *asset, view)) return std::nullopt;
  return Ranked{date_of(*asset, view.kind), i};
}

std::optional<Ranked> as_member(const Zone& zone, std::size_t i, const View& view) {
  const auto* membership = std::get_if<Membership>(&zone.records()[i].value);
  if (membership == nullptr || membership->album != view.of) return std::nullopt;
  const Record* record = zone.find(membership->asset);
  if (record == nullptr) return std::nullopt;
  auto ranked = as_asset(zone, static_cast<std::size_t>(record - zone.records().data()), view);
  if (ranked && view.kind == View::Kind::arranged) ranked->by = -membership->position;
  return ranked;
}

std::vector<std::size_t> compute(const Zone& zone, const View& view) {
  const bool is_album = view.kind == View::Kind::album || view.kind == View::Kind::arranged;
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < zone.records().size(); ++i) {
    const auto found = is_album ? as_member(zone, i, view) : as_asset(zone, i, view);
    if (found) ranked.push_back(*found);
  }
  std::ranges::sort(ranked, std::greater{});
  std::vector<std::size_t> assets(ranked.size());
  std::ranges::transform(ranked, assets.begin(), &Ranked::asset);
  return assets;
}

}  // namespace

std::optional<View::Kind> listed_by(std::string_view record_type) {
  const auto* const found = std::ranges::find(names, record_type, &Names::list);
  if (found == names.end()) return std::nullopt;
  return found->kind;
}

std::optional<View> counted_by(std::string_view index) {
  const auto colon = index.find(':');
  const auto* const found = std::ranges::find(names, index.substr(0, colon), &Names::count);
  if (found == names.end()) return std::nullopt;
  const auto of = colon == std::string_view::npos ? std::string_view() : index.substr(colon + 1);
  return View{found->kind, found->kind == View::Kind::smart ? upper_case(of) : std::string(of)};
}

const std::vector<std::size_t>& Views::list(const Zone& zone, const View& view) {
  Kept& kept = kept_[{zone.database(), zone.name(), view}];
  if (kept.position != zone.position()) kept = {zone.position(), compute(zone, view)};
  return kept.assets;
}

}  // namespace keepsake::simulate::icloud
