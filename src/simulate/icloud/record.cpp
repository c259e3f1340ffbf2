// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/icloud/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace keepsake::simulate::icloud {

namespace {

constexpr std::array slots{
    std::pair{Slot::original, std::string_view("resOriginal")},
    std::pair{Slot::alternative, std::string_view("resOriginalAlt")},
    std::pair{Slot::live_video, std::string_view("resOriginalVidCompl")},
    std::pair{Slot::edited_still, std::string_view("resJPEGFull")},
    std::pair{Slot::edited_video, std::string_view("resVidFull")},
    std::pair{Slot::preview, std::string_view("resJPEGMed")},
    std::pair{Slot::thumbnail, std::string_view("resJPEGThumb")},
    std::pair{Slot::video_preview, std::string_view("resVidSmall")},
};

struct TypeOf {
  std::string_view operator()(const Master&) const { return "CPLMaster"; }

  std::string_view operator()(const Asset&) const { return "CPLAsset"; }

  std::string_view operator()(const Album&) const { return "CPLAlbum"; }

  std::string_view operator()(const Membership&) const { return "CPLContainerRelation"; }

  std::string_view operator()(const LibraryInfo&) const { return "CPLLibraryInfo"; }

  std::string_view operator()(const Other& other) const { return other.type; }

  std::string_view operator()(const Removed&) const { return {}; }
};

}  // namespace

std::string_view name(Slot slot) {
  return std::ranges::find(slots, slot, [](const auto& pair) { return pair.first; })->second;
}

std::optional<Slot> slot_named(std::string_view name) {
  const auto* const found =
      std::ranges::find(slots, name, [](const auto& pair) { return pair.second; });
  if (found == slots.end()) return std::nullopt;
  return found->first;
}

std::string_view type_of(const Record& record) { return std::visit(TypeOf{}, record.value); }

std::string membership_name(std::string_view asset, std::string_view album) {
  return fmt::format("{}-IN-{}", asset, album);
}

const Resource* find(const std::vector<Resource>& resources, Slot slot) {
  const auto found =
      std::ranges::find(resources, slot, [](const Resource& resource) { return resource.slot; });
  return found == resources.end() ? nullptr : &*found;
}

}  // namespace keepsake::simulate::icloud
